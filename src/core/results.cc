#include "src/core/results.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

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

struct TimeRow {
  std::string name;
  double seconds;
  std::string below = {};  ///< lines that go with it
};

std::string time_line(const std::string& name, double seconds, double total) {
  constexpr std::size_t kNameWidth = 9;
  constexpr std::size_t kShareWidth = 5;
  const std::string share = float_repr(python_round(100.0 * seconds / total, 1));
  return "\n  " + name + std::string(kNameWidth - std::min(kNameWidth, name.size()), ' ') + " = " +
         runtime_text(seconds) + " " + std::string(kShareWidth - std::min(kShareWidth, share.size()), ' ') + share +
         " %";
}

std::string lines_of_callbacks(const TimeReport& time) {
  constexpr double kWorthALine = 0.01;
  std::string lines;
  for (const CallbackTime& callback : time.callbacks) {
    const double seconds = callback.total();
    if (seconds >= kWorthALine * time.total) lines += time_line("  " + callback.name, seconds, time.total);
  }
  return lines;
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

std::string time_table(const TimeReport& time) {
  constexpr double kLeast = 0.0005;
  if (time.total <= 0.0) return "";
  std::vector<TimeRow> rows = {{"callbacks", time.of_callbacks(), lines_of_callbacks(time)}};
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    const auto phase = static_cast<Phase>(i);
    rows.push_back({std::string(phase_name(phase)), time.of(phase)});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const TimeRow& a, const TimeRow& b) { return a.seconds > b.seconds; });
  std::string table = "***** train time *****";
  for (const TimeRow& row : rows) {
    if (row.seconds >= kLeast * time.total) table += time_line(row.name, row.seconds, time.total) + row.below;
  }
  return table;
}

Record time_metrics(const TimeReport& time) {
  Record metrics;
  if (time.total <= 0.0) return metrics;
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    const auto phase = static_cast<Phase>(i);
    metrics.set("train_" + std::string(phase_name(phase)) + "_runtime", time.of(phase));
  }
  metrics.set("train_callbacks_runtime", time.of_callbacks());
  return metrics;
}

Record times_by_name(const TimeReport& time) {
  Record phases;
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    const auto phase = static_cast<Phase>(i);
    phases.set(phase_name(phase), time.of(phase));
  }
  Record callbacks;
  for (const CallbackTime& callback : time.callbacks) callbacks.set(callback.name, callback.total());
  phases.set("callbacks", std::move(callbacks));
  return phases;
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
