#include "src/track/mlflow/mlflow_batch.h"

#include <cmath>
#include <utility>

#include "src/base/json.h"

namespace baton::track {

namespace {

constexpr std::size_t kMostMetrics = 1000;
constexpr std::size_t kMostTexts = 100;  // of parameters, and of tags
constexpr std::size_t kMostItems = 1000;
constexpr std::size_t kMostBytes = 900'000;  // of a million, which hosted servers enforce
constexpr std::size_t kMetricFrame = 110;    // the JSON around a key: names, numbers, punctuation
constexpr std::size_t kTextFrame = 24;

std::size_t bytes_of(const std::string& text) { return json::dump(text).size(); }

Value json_number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

Value texts_value(const std::vector<MlflowText>& texts) {
  Value::List list;
  for (const auto& [key, value] : texts) list.emplace_back(Record{{"key", key}, {"value", value}});
  return list;
}

}  // namespace

void MlflowBatch::add(MlflowMetric metric) {
  bytes_ += bytes_of(metric.key) + kMetricFrame;
  metrics_.push_back(std::move(metric));
}

void MlflowBatch::add_param(MlflowText param) {
  bytes_ += bytes_of(param.key) + bytes_of(param.value) + kTextFrame;
  params_.push_back(std::move(param));
}

void MlflowBatch::add_tag(MlflowText tag) {
  bytes_ += bytes_of(tag.key) + bytes_of(tag.value) + kTextFrame;
  tags_.push_back(std::move(tag));
}

void MlflowBatch::append(const MlflowBatch& other) {
  metrics_.insert(metrics_.end(), other.metrics_.begin(), other.metrics_.end());
  params_.insert(params_.end(), other.params_.begin(), other.params_.end());
  tags_.insert(tags_.end(), other.tags_.begin(), other.tags_.end());
  bytes_ += other.bytes_;
}

bool MlflowBatch::fits() const { return has_room_for({}); }

bool MlflowBatch::has_room_for(const MlflowBatch& more) const {  // one tag less, and one item
  return metrics_.size() + more.metrics_.size() <= kMostMetrics && params_.size() + more.params_.size() <= kMostTexts &&
         tags_.size() + more.tags_.size() < kMostTexts && size() + more.size() < kMostItems &&
         bytes_ + more.bytes_ <= kMostBytes;
}

template <class Take>
void MlflowBatch::each_item(const Take& take) const {
  const auto alone = [&take](const auto& add) {
    MlflowBatch item;
    add(item);
    take(item);
  };
  for (const MlflowMetric& metric : metrics_) alone([&](MlflowBatch& item) { item.add(metric); });
  for (const MlflowText& param : params_) alone([&](MlflowBatch& item) { item.add_param(param); });
  for (const MlflowText& tag : tags_) alone([&](MlflowBatch& item) { item.add_tag(tag); });
}

std::pair<MlflowBatch, MlflowBatch> MlflowBatch::halves() const {
  std::pair<MlflowBatch, MlflowBatch> halves;
  each_item(
      [&](const MlflowBatch& item) { (halves.first.size() < size() / 2 ? halves.first : halves.second).append(item); });
  return halves;
}

std::vector<MlflowBatch> MlflowBatch::pieces() const {
  std::vector<MlflowBatch> pieces;
  each_item([&](const MlflowBatch& item) {
    if (pieces.empty() || !pieces.back().has_room_for(item)) pieces.emplace_back();
    pieces.back().append(item);
  });
  return pieces;
}

Record mlflow_log_body(const std::string& run_id, const MlflowBatch& batch) {
  Value::List metrics;
  for (const auto& [key, value, time_ms, step] : batch.metrics()) {
    metrics.emplace_back(Record{{"key", key}, {"value", json_number(value)}, {"timestamp", time_ms}, {"step", step}});
  }
  return {{"run_id", run_id},
          {"metrics", std::move(metrics)},
          {"params", texts_value(batch.params())},
          {"tags", texts_value(batch.tags())}};
}

}  // namespace baton::track
