// EventKind: the events of a run as values. What each means: docs/events.md.
#pragma once

#include <cstddef>
#include <string_view>

namespace baton {

enum class EventKind {
  kInitEnd,
  kTrainBegin,
  kEpochBegin,
  kStepBegin,
  kSubstepEnd,
  kPreOptimizerStep,
  kOptimizerStep,
  kStepEnd,
  kPrepareLog,
  kLog,
  kPredictionStep,
  kEvaluate,
  kPredict,
  kSave,
  kEpochEnd,
  kTrainEnd,
  kException,
  kClose,
};
inline constexpr std::size_t kEventKindCount = 18;

/// The event's method name: "on_init_end" and so on.
std::string_view event_name(EventKind kind);

}  // namespace baton
