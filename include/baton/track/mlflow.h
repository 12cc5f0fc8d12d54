// MLflowCallback: a run's parameters, metrics and checkpoints in MLflow, on a server or in a local mlflow.db.
// docs/trackers/mlflow.md says what arrives there.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "baton/core/environment.h"
#include "baton/core/value.h"
#include "baton/track/tracker_callback.h"

namespace baton {

/// Each value comes from the variable named with it (from_env). User, password, token and certificates are read from
/// the environment and ~/.mlflow/credentials when the tracker is made, never from here.
struct MLflowOptions {
  /// http(s)://..., the address of a server, or sqlite:///FILE, with a fourth slash for an absolute path. Empty: the
  /// file mlflow.db in the current folder. MLFLOW_TRACKING_URI
  std::string tracking_uri{};
  std::string experiment_name{};  ///< made if it is not there; empty: "Default". MLFLOW_EXPERIMENT_NAME
  std::string experiment_id{};    ///< goes before the name. MLFLOW_EXPERIMENT_ID
  std::string run_id{};           ///< the run to go on with; empty: a new one. MLFLOW_RUN_ID
  /// The new run becomes a part of the run `run_id`. MLFLOW_NESTED_RUN
  bool nested = false;
  /// False: the run belongs to somebody else, its status stays as it is.
  bool ends_run = true;
  std::string source_name{};                    ///< what made the run; empty: this program
  Record tags{};                                ///< MLFLOW_TAGS, a JSON object
  bool flatten_params = false;                  ///< {"a": {"b": 1}} as a.b. MLFLOW_FLATTEN_PARAMS
  std::optional<std::size_t> max_log_params{};  ///< only the first so many. MLFLOW_MAX_LOG_PARAMS
  bool log_artifacts = false;                   ///< uploads checkpoints. HF_MLFLOW_LOG_ARTIFACTS

  /// Throws ConfigError if MLFLOW_TAGS is no JSON object.
  static MLflowOptions from_env(const Environment& environment);
};

class MLflowCallback : public TrackerCallback {
 public:
  explicit MLflowCallback(MLflowOptions options);

  std::string tracker_name() const override { return "mlflow"; }
  std::unique_ptr<track::Tracker> setup(const Event& event) override;

  const MLflowOptions& options() const { return options_; }

 private:
  MLflowOptions options_;
};

}  // namespace baton
