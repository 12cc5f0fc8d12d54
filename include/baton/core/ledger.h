// Ledger: where the time went, per callback and event. The handler and the loop write it, by a clock that they are
// given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

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

/// Nanoseconds from an arbitrary start, never going back.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t now_ns() = 0;
};

/// The machine's monotonic clock.
class SteadyClock final : public Clock {
 public:
  std::int64_t now_ns() override;
};

/// Calls and time of one callback at one event. Events of a step are timed only in sampled steps.
struct EventCost {
  std::int64_t calls = 0;
  std::int64_t timed_calls = 0;
  std::int64_t ns = 0;  ///< of the timed calls

  /// The cost of all calls, extrapolated from the timed ones.
  double estimated_ns() const { return timed_calls == 0 ? 0.0 : double(ns) / double(timed_calls) * double(calls); }
};

/// Not thread-safe: it belongs to the training thread. Rows are the callbacks by their place in the list.
class Ledger {
 public:
  /// Every `sample_every`-th step is timed, the first one too. `clock` must outlive the ledger. Throws ConfigError if
  /// sample_every is less than 1.
  explicit Ledger(Clock& clock, std::int64_t sample_every = 64);

  Clock& clock() { return clock_; }
  /// Called by the loop before each step.
  void begin_step() { sampling_ = (steps_++ % sample_every_) == 0; }
  /// Whether calls for this event are to be timed now. Events outside of the steps always are.
  bool times(EventKind kind) const { return sampling_ || !is_step_event(kind); }

  void count(std::size_t callback, EventKind kind) { ++cost(callback, kind).calls; }
  /// The duration of a call that was timed; count() counts it as a call.
  void add(std::size_t callback, EventKind kind, std::int64_t ns);
  /// Zero for a callback that was never called.
  EventCost at(std::size_t callback, EventKind kind) const;

 private:
  static bool is_step_event(EventKind kind) { return kind >= EventKind::kStepBegin && kind <= EventKind::kStepEnd; }
  EventCost& cost(std::size_t callback, EventKind kind);

  Clock& clock_;
  std::int64_t sample_every_;
  std::int64_t steps_ = 0;
  bool sampling_ = true;
  std::vector<EventCost> costs_;
};

}  // namespace baton
