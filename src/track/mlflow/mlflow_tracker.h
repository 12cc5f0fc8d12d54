// MlflowTracker: a run replayed to MLflow as the reference's MLflowCallback logs it (hf-trackers §4). How far it came
// is a tag of the run, written with the metrics, so the store itself knows it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "baton/track/mlflow.h"
#include "src/track/mlflow/mlflow_names.h"
#include "src/track/mlflow/mlflow_store.h"

namespace baton::track {

class MlflowTracker final : public Tracker {
 public:
  /// `user` is whom the run belongs to.
  MlflowTracker(std::unique_ptr<MlflowStore> store, MLflowOptions options, std::string user);

  std::string name() const override { return "mlflow"; }
  Record options() const override;
  RewindMeans rewind_means() const override;
  bool takes_artifacts() const override { return options_.log_artifacts; }

  Status start(const RunInfo& run, Remarks& remarks, Record& memory) override;
  std::optional<Position> stored() override;
  Delivery write(std::span<const Entry> entries) override;
  Status reset(const Entry& rewind) override;
  Status finish(RunStatus status, std::int64_t time_ns) override;
  void cancel() override { store_->cancel(); }

 private:
  MlflowRunPlan plan_for(const RunInfo& run, const Record& memory) const;
  Delivery write_some(std::span<const Entry> entries);
  MlflowUpload upload_of(const Entry& entry) const;
  Status write_file_of(const Entry& entry);
  MlflowBatch batch_of(const Entry& entry);
  void add_metrics(const Entry& entry, MlflowBatch& batch);
  void add_params(const Entry& entry, MlflowBatch& batch);
  Status log_all(const MlflowBatch& batch, const Position& position);
  Delivery log_what_is_taken(const MlflowBatch& batch, const Position& position);
  Status salvage(const MlflowBatch& batch, std::size_t& taken);
  MlflowText position_tag(const Position& position) const;

  std::unique_ptr<MlflowStore> store_;
  MLflowOptions options_;
  std::string user_;
  const RunInfo* info_ = nullptr;
  Remarks* remarks_ = nullptr;
  Record* memory_ = nullptr;
  MlflowRun run_;
  MlflowNames names_;
};

}  // namespace baton::track
