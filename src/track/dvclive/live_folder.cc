#include "src/track/dvclive/live_folder.h"

#include <cmath>
#include <span>
#include <type_traits>

#include "src/base/files.h"
#include "src/base/json.h"
#include "src/base/number_text.h"
#include "src/base/output_file.h"
#include "src/track/dvclive/block_yaml.h"
#include "src/track/dvclive/metric_name.h"

namespace baton::track {

namespace fs = std::filesystem;

namespace {

/// What Python's str() makes of what DVCLive can log, as a table's field. Empty for what it cannot.
std::string field_text(const Value& value) {
  if (const bool* boolean = value.boolean()) return *boolean ? "True" : "False";
  if (const std::int64_t* integer = value.integer()) return std::to_string(*integer);
  if (const double* floating = value.floating()) return float_repr(*floating);
  return value.text() != nullptr ? *value.text() : std::string();
}

bool can_log(const Value& value) { return value.boolean() != nullptr || value.is_number() || value.text() != nullptr; }

/// NaN and infinities become texts in metrics.json.
Value summary_value(const Value& value) {
  const double* floating = value.floating();
  return floating != nullptr && !std::isfinite(*floating) ? Value(float_repr(*floating)) : value;
}

/// Sets a value within nested records. False if a part of the way is a value itself, or the end a record.
bool set_nested(Record& record, std::span<const std::string> parts, Value value) {
  const Value* present = record.find(parts.front());
  if (parts.size() == 1) {
    if (present != nullptr && present->record() != nullptr) return false;
    record.set(parts.front(), std::move(value));
    return true;
  }
  if (present != nullptr && present->record() == nullptr) return false;
  Record inner = present != nullptr ? *present->record() : Record{};
  if (!set_nested(inner, parts.subspan(1), std::move(value))) return false;
  record.set(parts.front(), std::move(inner));
  return true;
}

void copy_file(Disk& disk, const fs::path& from, const fs::path& to) {
  make_folders(disk, to.parent_path());
  OutputFile file(disk, to);
  read_blocks(from, [&](std::span<const std::byte> block) { file.write(block); });
}

}  // namespace

void LiveFolder::clear() {
  for (const char* part : {"plots/metrics", "plots/images", "plots/custom", "plots/sklearn", "metrics.json",
                           "params.yaml", "report.html", "report.md", "dvc.yaml"}) {
    remove_path(disk_, folder_ / part);
  }
  params_ = {};
  summary_ = {};
  series_.clear();
  has_images_ = params_changed_ = summary_changed_ = false;
}

void LiveFolder::add_params(const Record& groups) {
  for (const auto& [group, values] : groups) {
    if (group == "model_config") continue;  // the reference leaves it out
    if (group == "args" && values.record() != nullptr) {
      params_.merge(*values.record());
    } else {
      params_.set(group, values);
    }
  }
  params_changed_ = true;
}

void LiveFolder::add_metrics(std::int64_t step, const Record& metrics, Remarks& remarks) {
  for (const auto& [key, value] : metrics) {
    const auto parts = metric_parts(dvclive_key(key));
    if (!parts || !can_log(value)) {
      remarks.remark("dvclive_metric:" + key,
                     "DVCLive: " + key +
                         " is left out: " + (parts ? "it is no number and no text" : "no file can have that name"));
      continue;
    }
    series(*parts).add(step, field_text(value));
    if (!set_nested(summary_, *parts, summary_value(value))) {
      remarks.remark("dvclive_summary:" + key, "DVCLive: " + key +
                                                   " is plotted, but not in metrics.json, where it would have to be a "
                                                   "metric and a group of metrics at the same time");
    }
  }
  summary_.set("step", step);
  summary_changed_ = true;
}

void LiveFolder::add_image(std::int64_t step, std::string_view key, const fs::path& file, Remarks& remarks) {
  const auto parts = metric_parts(dvclive_key(key));
  std::error_code ignored;
  if (!parts || !fs::is_regular_file(file, ignored)) {
    const std::string why = parts ? file.string() + " is not there" : "no file can have that name";
    return remarks.remark("dvclive_image:" + std::string(key), "DVCLive: image " + std::string(key) + ": " + why);
  }
  fs::path target = folder_ / "plots" / "images";
  for (const std::string& part : *parts) target /= part;
  copy_file(disk_, file, target / (std::to_string(step) + file.extension().string()));
  has_images_ = true;
}

void LiveFolder::save() {
  for (auto& [name, one] : series_) one.save(disk_);
  make_folders(disk_, folder_);
  if (params_changed_) swap_file(disk_, folder_ / "params.yaml", block_yaml(params_));
  params_changed_ = false;
  if (summary_changed_) {
    swap_file(disk_, folder_ / "metrics.json", json::dump_python(summary_, 4, json::KeyOrder::kKept) + "\n");
  }
  summary_changed_ = false;
}

MetricSeries& LiveFolder::series(const std::vector<std::string>& parts) {
  std::string name;
  for (const std::string& part : parts) name.append(name.empty() ? "" : "/").append(part);
  const auto place = series_.find(name);
  if (place != series_.end()) return place->second;
  const fs::path file = folder_ / "plots" / "metrics" / (name + ".tsv");
  return series_.emplace(name, MetricSeries(file, parts.back())).first->second;
}

}  // namespace baton::track
