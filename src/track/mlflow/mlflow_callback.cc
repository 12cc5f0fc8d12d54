#include <utility>

#include "baton/track/mlflow.h"
#include "src/track/mlflow/make_mlflow.h"

namespace baton {

MLflowCallback::MLflowCallback(MLflowOptions options) : options_(std::move(options)) {}

std::unique_ptr<track::Tracker> MLflowCallback::setup(const Event&) {
  return track::make_mlflow(options_, ProcessEnvironment());
}

}  // namespace baton
