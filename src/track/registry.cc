#include "src/track/registry.h"

#include <algorithm>
#include <array>

#include "baton/track/codecarbon.h"
#include "baton/track/dvclive.h"
#include "baton/track/mlflow.h"
#include "baton/track/tensorboard.h"
#include "src/track/tensorboard/tensorboard_tracker.h"
#ifdef BATON_WITH_DVCLIVE
#include "src/track/dvclive/dvclive_tracker.h"
#endif
#ifdef BATON_WITH_MLFLOW
#include "src/track/mlflow/make_mlflow.h"
#endif

namespace baton::track {
namespace {

std::string no_problem(const Environment&) { return ""; }

/// The problem of a tracker that was not compiled.
[[maybe_unused]] std::string left_out(const std::string& option) {
  return "this Baton was built without it; build one with -D" + option + "=ON";
}

template <class Callback, class Options>
CallbackPtr make_callback(const Environment& environment) {
  return std::make_shared<Callback>(Options::from_env(environment));
}

#ifdef BATON_WITH_DVCLIVE
std::unique_ptr<Tracker> dvclive(const RunInfo&, const Environment& environment) {
  return make_dvclive(to_record(resolved(DVCLiveOptions::from_env(environment))), environment);
}
constexpr TrackerKind kDvclive{"dvclive", no_problem, make_callback<DVCLiveCallback, DVCLiveOptions>, dvclive,
                               make_dvclive};
#else
constexpr TrackerKind kDvclive{"dvclive", [](const Environment&) { return left_out("BATON_WITH_DVCLIVE"); }};
#endif

#ifdef BATON_WITH_MLFLOW
std::unique_ptr<Tracker> mlflow(const RunInfo&, const Environment& environment) {
  return make_mlflow(MLflowOptions::from_env(environment), environment);
}
constexpr TrackerKind kMlflow{"mlflow", mlflow_problem, make_callback<MLflowCallback, MLflowOptions>, mlflow,
                              make_mlflow};
#else
constexpr TrackerKind kMlflow{"mlflow", [](const Environment&) { return left_out("BATON_WITH_MLFLOW"); }};
#endif

std::unique_ptr<Tracker> tensorboard(const RunInfo&, const Environment& environment) {
  return std::make_unique<TensorBoardTracker>(
      TensorBoardSetup{.logging_dir = TensorBoardOptions::from_env(environment).logging_dir});
}

constexpr std::array kKinds{
    kDvclive,
    kMlflow,
    TrackerKind{"tensorboard", no_problem, make_callback<TensorBoardCallback, TensorBoardOptions>, tensorboard,
                make_tensorboard},
    TrackerKind{"codecarbon", no_problem, make_callback<CodeCarbonCallback, CodeCarbonOptions>},
};

}  // namespace

std::span<const TrackerKind> tracker_kinds() { return kKinds; }

const TrackerKind* find_tracker_kind(std::string_view name) {
  const auto found =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const TrackerKind& kind) { return kind.name == name; });
  return found == kKinds.end() ? nullptr : &*found;
}

}  // namespace baton::track
