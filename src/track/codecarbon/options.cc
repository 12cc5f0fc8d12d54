// CodeCarbonOptions::from_env: CodeCarbon's configuration files and variables.
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <system_error>

#include "baton/core/errors.h"
#include "baton/track/codecarbon.h"
#include "src/base/files.h"
#include "src/track/codecarbon/ini.h"
#include "src/track/codecarbon/system_file.h"

namespace baton {

namespace fs = std::filesystem;
using track::carbon::trimmed;

namespace {

constexpr const char* kFileName = ".codecarbon.config";

struct Setting {
  std::string key;  ///< "pue"
  std::string value;
  std::string where;  ///< "CODECARBON_PUE", "~/.codecarbon.config"
};

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return text;
}

double number_of(const Setting& setting) {
  const std::string_view text = trimmed(setting.value);
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    throw ConfigError(setting.where + ": " + setting.key + " is \"" + setting.value + "\"; expected a number");
  return number;
}

/// CodeCarbon's rule: only the word.
bool is_true(const Setting& setting) { return lower_case(std::string(trimmed(setting.value))) == "true"; }

/// "0, GPU-5f3c" without what no id holds.
std::vector<std::string> ids_of(std::string_view text) {
  std::vector<std::string> ids(1);
  for (const char letter : text) {
    if (letter == ',') ids.emplace_back();
    if (std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-') ids.back() += letter;
  }
  std::erase(ids, "");
  return ids;
}

struct Key {
  std::string_view name;
  void (*set)(CodeCarbonOptions&, const Setting&);
};

constexpr Key kKeys[] = {
    {"project_name", [](CodeCarbonOptions& o, const Setting& s) { o.project_name = s.value; }},
    {"experiment_id", [](CodeCarbonOptions& o, const Setting& s) { o.experiment_id = s.value; }},
    {"output_dir", [](CodeCarbonOptions& o, const Setting& s) { o.output_dir = s.value; }},
    {"output_file", [](CodeCarbonOptions& o, const Setting& s) { o.output_file = s.value; }},
    {"save_to_file", [](CodeCarbonOptions& o, const Setting& s) { o.save_to_file = is_true(s); }},
    {"measure_power_secs", [](CodeCarbonOptions& o, const Setting& s) { o.measure_power_secs = number_of(s); }},
    {"tracking_mode", [](CodeCarbonOptions& o, const Setting& s) { o.tracking_mode = s.value; }},
    {"country_iso_code", [](CodeCarbonOptions& o, const Setting& s) { o.country_iso_code = s.value; }},
    {"region", [](CodeCarbonOptions& o, const Setting& s) { o.region = s.value; }},
    {"force_carbon_intensity_g_co2e_kwh",
     [](CodeCarbonOptions& o, const Setting& s) { o.force_carbon_intensity_g_co2e_kwh = number_of(s); }},
    {"pue", [](CodeCarbonOptions& o, const Setting& s) { o.pue = number_of(s); }},
    {"wue", [](CodeCarbonOptions& o, const Setting& s) { o.wue = number_of(s); }},
    {"force_cpu_power", [](CodeCarbonOptions& o, const Setting& s) { o.force_cpu_power = number_of(s); }},
    {"force_ram_power", [](CodeCarbonOptions& o, const Setting& s) { o.force_ram_power = number_of(s); }},
    {"force_mode_cpu_load", [](CodeCarbonOptions& o, const Setting& s) { o.force_mode_cpu_load = is_true(s); }},
    {"rapl_include_dram", [](CodeCarbonOptions& o, const Setting& s) { o.rapl_include_dram = is_true(s); }},
    {"rapl_prefer_psys", [](CodeCarbonOptions& o, const Setting& s) { o.rapl_prefer_psys = is_true(s); }},
    {"gpu_ids", [](CodeCarbonOptions& o, const Setting& s) { o.gpu_ids = ids_of(s.value); }},
};

/// CodeCarbon's settings for what Baton has no counterpart of and nobody misses: its log, its task files, its lock.
constexpr std::string_view kWithoutMeaning[] = {"log_level",           "logger_preamble", "logging_logger",
                                                "api_call_interval",   "on_csv_write",    "experiment_name",
                                                "allow_multiple_runs", "metadata"};

/// Its settings that would have changed a figure or sent something somewhere.
constexpr std::string_view kUnsupported[] = {"api_endpoint",         "api_key",
                                             "cloud_provider",       "cloud_region",
                                             "co2_signal_api_token", "country_name",
                                             "output_handlers",      "country_2letter_iso_code",
                                             "emissions_endpoint",   "electricitymaps_api_token",
                                             "output_methods",       "prometheus_url",
                                             "save_to_api",          "save_to_logfire",
                                             "save_to_logger",       "save_to_prometheus"};

template <class Names>
bool holds(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

void apply(CodeCarbonOptions& options, const Setting& setting) {
  const auto* const key =
      std::find_if(std::begin(kKeys), std::end(kKeys), [&](const Key& one) { return one.name == setting.key; });
  if (key != std::end(kKeys)) {
    key->set(options, setting);
  } else if (!holds(kWithoutMeaning, setting.key) && lower_case(setting.value) != "false") {
    options.ignored.push_back(setting.key + " (" + setting.where + ")");
  }
}

void apply_file(CodeCarbonOptions& options, const fs::path& file, const std::string& where) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return;
  for (const auto& [key, value] : track::carbon::read_ini(read_file(file), "codecarbon", where))
    apply(options, {key, value, where});
}

/// CODECARBON_PUE, or in small letters.
void apply_variable(CodeCarbonOptions& options, const Environment& environment, std::string_view key) {
  const std::string small = std::string("codecarbon_").append(key);
  for (const std::string& name : {small, upper_case(small)}) {
    if (const auto value = environment.get(name)) apply(options, {std::string(key), *value, name});
  }
}

}  // namespace

CodeCarbonOptions CodeCarbonOptions::from_env(const Environment& environment, const fs::path& folder) {
  CodeCarbonOptions options;
  if (const auto devices = environment.get("CUDA_VISIBLE_DEVICES")) options.gpu_ids = ids_of(*devices);
  if (const auto home = environment.get("HOME"))
    apply_file(options, fs::path(*home) / kFileName, std::string("~/") + kFileName);
  apply_file(options, folder / kFileName, std::string("./") + kFileName);
  for (const Key& key : kKeys) apply_variable(options, environment, key.name);
  for (const std::string_view key : kUnsupported) apply_variable(options, environment, key);
  return options;
}

}  // namespace baton
