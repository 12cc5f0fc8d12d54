#include "src/core/results.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string_view>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/base/json.h"
#include "src/base/number_text.h"

namespace baton {
namespace {

constexpr std::size_t kResultIndent = 4;
constexpr double kGiga = 1024.0 * 1024.0 * 1024.0;

std::string two_digits(std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

/// Python's str(timedelta) of the whole seconds, then the hundredths, cut.
std::string runtime_text(double seconds) {
  const double whole = std::trunc(seconds);
  const auto hundredths = static_cast<std::int64_t>(std::abs(seconds - whole) * 100.0);
  const auto total = static_cast<std::int64_t>(whole);
  const std::int64_t days = total / 86400;
  const std::string day_text = days == 0 ? "" : std::to_string(days) + (days == 1 ? " day, " : " days, ");
  return day_text + std::to_string(total / 3600 % 24) + ":" + two_digits(total / 60 % 60) + ":" +
         two_digits(total % 60) + "." + two_digits(hundredths);
}

std::string metric_text(const std::string& key, const Value& value) {
  const bool finite = value.is_number() && std::isfinite(value.number());
  if (finite && key.find("_runtime") != std::string::npos) return runtime_text(value.number());
  if (finite && key == "total_flos") return std::to_string(static_cast<std::int64_t>(value.number() / kGiga)) + "GF";
  if (const double* number = value.floating()) return float_repr(python_round(*number, 4));
  if (const std::string* text = value.text()) return *text;
  return json::dump(value);
}

Record read_record(const std::filesystem::path& path) {
  const Value value = json::parse(read_file(path), path.string());
  if (const Record* record = value.record()) return *record;
  throw Error(path.string() + ": expected a JSON object to add results to");
}

void write_record(const std::filesystem::path& path, const Record& record) {
  write_file(path, json::dump_python(record, kResultIndent));
}

}  // namespace

std::string metrics_table(const std::string& split, const Record& metrics) {
  std::map<std::string, std::string> rows;
  std::size_t key_width = 0;
  std::size_t value_width = 0;
  for (const auto& [key, value] : metrics) {
    const std::string text = metric_text(key, value);
    key_width = std::max(key_width, key.size());
    value_width = std::max(value_width, text.size());
    rows[key] = text;
  }
  std::string table = "***** " + split + " metrics *****";
  for (const auto& [key, text] : rows) {
    table += "\n  " + key + std::string(key_width - key.size(), ' ') + " = " +
             std::string(value_width - text.size(), ' ') + text;
  }
  return table;
}

void save_results(const std::filesystem::path& folder, const std::string& split, const Record& metrics, bool combined) {
  std::error_code ignored;  // writing will tell
  std::filesystem::create_directories(folder, ignored);
  write_record(folder / (split + "_results.json"), metrics);
  if (!combined) return;
  const std::filesystem::path all_path = folder / "all_results.json";
  Record all = std::filesystem::exists(all_path) ? read_record(all_path) : Record();
  all.merge(metrics);
  write_record(all_path, all);
}

}  // namespace baton
