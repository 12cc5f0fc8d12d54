// MlflowSqlite: the file of MLflow's own local store, which `mlflow ui` opens. The artifacts lie beside it, in
// mlruns/EXPERIMENT/RUN/artifacts. What a batch brings, its tags included, is one transaction.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "src/track/mlflow/mlflow_store.h"
#include "src/track/mlflow/sqlite_database.h"

namespace baton::track {

class MlflowSqlite final : public MlflowStore {
 public:
  /// Nothing is opened yet. `patience` bounds the wait for others that write to the file.
  explicit MlflowSqlite(std::filesystem::path file, std::chrono::milliseconds patience = std::chrono::seconds(1));

  RewindMeans rewind_means() const override { return RewindMeans::kRebuild; }
  Status open(const MlflowRunPlan& plan, MlflowRun& run) override;
  Status log(const MlflowBatch& batch) override;
  Status set_status(std::string_view status, std::optional<std::int64_t> end_ms) override;
  Status upload(const MlflowUpload& upload, Remarks& remarks, Record& memory) override;
  Status clear(const std::vector<MlflowText>& tags) override;

 private:
  Status guarded(const std::function<void()>& work);
  Status in_transaction(const std::function<void()>& work);
  Status missing(const std::string& what) const;
  // These fill run_, in a transaction.
  Status find_or_make_run(const MlflowRunPlan& plan);
  Status find_run(const std::string& run_id);
  Status find_experiment(const MlflowRunPlan& plan);
  void make_experiment(const std::string& name);
  void make_run(const MlflowRunPlan& plan);
  void write(const MlflowBatch& batch);
  void write_tags(const std::vector<MlflowText>& tags);

  std::filesystem::path file_;
  std::chrono::milliseconds patience_;
  std::optional<SqliteDatabase> database_;
  MlflowRun run_;
};

}  // namespace baton::track
