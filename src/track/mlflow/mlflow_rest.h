// MlflowRest: an MLflow server's runs by its REST interface (mlflow.md §1). Batches may be sent again: servers keep
// equal points once, and a batch's tags are written after its metrics.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "src/net/http.h"
#include "src/track/mlflow/mlflow_api.h"
#include "src/track/mlflow/mlflow_artifacts.h"
#include "src/track/mlflow/mlflow_store.h"

namespace baton::track {

class MlflowRest final : public MlflowStore {
 public:
  MlflowRest(std::unique_ptr<net::Http> http, MlflowServer server);

  RewindMeans rewind_means() const override { return RewindMeans::kAppendOnly; }
  Status open(const MlflowRunPlan& plan, MlflowRun& run) override;
  Status log(const MlflowBatch& batch) override;
  Status set_status(std::string_view status, std::optional<std::int64_t> end_ms) override;
  Status upload(const MlflowUpload& upload, Remarks& remarks, Record& memory) override;
  Status clear(const std::vector<MlflowText>& tags) override;
  void cancel() noexcept override;

 private:
  Status find_experiment(const MlflowRunPlan& plan, std::string& id);
  Status make_experiment(const std::string& name, std::string& id);
  Status find_run(const MlflowRunPlan& plan, MlflowRun& run);
  Status make_run(const MlflowRunPlan& plan, MlflowRun& run);
  Status adopt_run(const MlflowRunPlan& plan, MlflowRun& run);

  MlflowApi api_;
  MlflowArtifacts artifacts_;
  MlflowRun run_;
};

}  // namespace baton::track
