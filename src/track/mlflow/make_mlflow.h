// What the registry needs of MLflow.
#pragma once

#include <memory>
#include <string>

#include "baton/core/environment.h"
#include "baton/core/value.h"
#include "baton/track/mlflow.h"
#include "baton/track/tracker.h"

namespace baton::track {

/// Empty, or that DISABLE_MLFLOW_INTEGRATION turns it off.
std::string mlflow_problem(const Environment& environment);

/// Throws ConfigError.
std::unique_ptr<Tracker> make_mlflow(const MLflowOptions& options, const Environment& environment);
/// `options` are what Tracker::options() returned.
std::unique_ptr<Tracker> make_mlflow(const Record& options, const Environment& environment);

}  // namespace baton::track
