// What one request, or one transaction, brings to an MLflow run, within the server's limits (mlflow.md §2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "src/track/mlflow/mlflow_params.h"

namespace baton::track {

struct MlflowMetric {
  std::string key;
  double value = 0;
  std::int64_t time_ms = 0;
  std::int64_t step = 0;

  friend bool operator==(const MlflowMetric&, const MlflowMetric&) = default;
};

class MlflowBatch {
 public:
  void add(MlflowMetric metric);
  void add_param(MlflowText param);
  /// Has room always, for one.
  void add_tag(MlflowText tag);
  void append(const MlflowBatch& other);

  const std::vector<MlflowMetric>& metrics() const { return metrics_; }
  const std::vector<MlflowText>& params() const { return params_; }
  const std::vector<MlflowText>& tags() const { return tags_; }
  std::size_t size() const { return metrics_.size() + params_.size() + tags_.size(); }
  bool empty() const { return size() == 0; }

  /// A server takes it in one request.
  bool fits() const;
  /// ... together with `more`.
  bool has_room_for(const MlflowBatch& more) const;
  /// The first and the second half of the items. `size` is two at least.
  std::pair<MlflowBatch, MlflowBatch> halves() const;
  /// The items in their order, in as few batches that fit as needed; none if it is empty.
  std::vector<MlflowBatch> pieces() const;

 private:
  template <class Take>
  void each_item(const Take& take) const;

  std::vector<MlflowMetric> metrics_;
  std::vector<MlflowText> params_;
  std::vector<MlflowText> tags_;
  std::size_t bytes_ = 0;  ///< of it as JSON, about
};

/// The body of the request runs/log-batch. Numbers that JSON does not know are quoted: bare ones make the server drop
/// the rest of the batch without a word.
Record mlflow_log_body(const std::string& run_id, const MlflowBatch& batch);

}  // namespace baton::track
