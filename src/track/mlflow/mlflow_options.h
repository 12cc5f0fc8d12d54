// What MLflowOptions mean: where the runs are kept, and the options as they are kept beside a journal.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "baton/core/environment.h"
#include "baton/core/value.h"
#include "baton/track/mlflow.h"
#include "baton/track/tracker.h"

namespace baton::track {

/// One of both.
struct MlflowPlace {
  std::string server{};          ///< without a slash at its end
  std::filesystem::path file{};  ///< an mlflow.db, absolute
};

/// Throws ConfigError if Baton reaches no such place.
MlflowPlace mlflow_place(const std::string& tracking_uri);

/// The options with everything that depends on this process spelled out. Throws ConfigError.
MLflowOptions resolved(MLflowOptions options);

Record mlflow_options_record(const MLflowOptions& options);
/// Throws ConfigError.
MLflowOptions mlflow_options_from(const Record& record);

}  // namespace baton::track
