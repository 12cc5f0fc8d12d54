#include "src/track/codecarbon/emissions_row.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <random>

#include "baton/version.h"
#include "src/base/number_text.h"
#include "src/track/codecarbon/machine.h"

namespace baton::track::carbon {

namespace {

using Fields = std::vector<std::string>;

constexpr const char* kNone = "";

/// From duration to water_consumed.
Fields measured(const Totals& totals) {
  const auto watts = [&](double kwh) { return float_repr(totals.mean_watts(kwh)); };
  return {float_repr(totals.seconds), float_repr(totals.emissions_kg), float_repr(totals.mean(totals.emissions_kg)),
          watts(totals.cpu_kwh),      watts(totals.gpu_kwh),           watts(totals.ram_kwh),
          float_repr(totals.cpu_kwh), float_repr(totals.gpu_kwh),      float_repr(totals.ram_kwh),
          float_repr(totals.kwh()),   float_repr(totals.water_litres)};
}

/// From country_name to cloud_region, which Baton does not tell.
Fields place(const RowFacts& facts) { return {facts.country_name, facts.country_iso_code, facts.region, kNone, kNone}; }

/// From os to tracking_mode. There is no Python, and longitude and latitude are nobody's business.
Fields machine(const RowFacts& facts) {
  return {platform_name(),
          kNone,
          "baton-" + std::string(version()),
          std::to_string(facts.cpu_count),
          facts.cpu_model,
          std::to_string(facts.gpu_count),
          facts.gpu_model,
          kNone,
          kNone,
          float_repr(facts.ram_total_gb),
          facts.tracking_mode};
}

/// From cpu_utilization_percent to ram_used_gb.
Fields levels(const Totals& totals) {
  const auto mean = [&](double sum_over_time) { return float_repr(totals.mean(sum_over_time)); };
  return {mean(totals.cpu_percent_seconds), mean(totals.gpu_percent_seconds), mean(totals.ram_percent_seconds),
          mean(totals.ram_gb_seconds)};
}

}  // namespace

Fields emissions_row(const RowFacts& facts, const Totals& totals, const std::string& timestamp) {
  Fields row = {timestamp, facts.project_name, facts.run_id, facts.experiment_id};
  const Fields rest = {"N", float_repr(facts.pue), float_repr(facts.wue)};  // on_cloud first
  for (const Fields& part : {measured(totals), place(facts), machine(facts), levels(totals), rest})
    row.insert(row.end(), part.begin(), part.end());
  return row;
}

Totals totals_of(const std::vector<std::string>& header, const std::vector<std::string>& row) {
  const auto number = [&](std::string_view column) {
    const auto at = static_cast<std::size_t>(std::find(header.begin(), header.end(), column) - header.begin());
    double value = 0.0;
    if (at < std::min(header.size(), row.size()))
      std::from_chars(row[at].data(), row[at].data() + row[at].size(), value);
    return value;
  };
  const double seconds = number("duration");
  return {
      .seconds = seconds,
      .cpu_kwh = number("cpu_energy"),
      .gpu_kwh = number("gpu_energy"),
      .ram_kwh = number("ram_energy"),
      .emissions_kg = number("emissions"),
      .water_litres = number("water_consumed"),
      .cpu_percent_seconds = number("cpu_utilization_percent") * seconds,
      .gpu_percent_seconds = number("gpu_utilization_percent") * seconds,
      .ram_percent_seconds = number("ram_utilization_percent") * seconds,
      .ram_gb_seconds = number("ram_used_gb") * seconds,
  };
}

std::string local_timestamp() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts)};
}

std::string new_run_id() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::random_device random;
  std::string id = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
  for (char& digit : id) {
    if (digit == 'x') digit = kDigits[random() % 16];
    if (digit == 'y') digit = kDigits[8 + random() % 4];  // the variant
  }
  return id;
}

}  // namespace baton::track::carbon
