// Learning-rate schedules: closed forms of the update number, and the two that follow a metric (hf-contract §12).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "baton/core/arguments.h"
#include "baton/core/value.h"

namespace baton {

/// The argument warmup_steps in updates: below 1 a share of max_steps, rounded up; from 1 on a number, fractions cut
/// off. Throws ConfigError if it is negative, not a number, or beyond 64 bits.
std::int64_t warmup_updates(double warmup_steps, std::int64_t max_steps);

/// What a schedule is made of.
struct LrScheduleSpec {
  LrSchedulerType type = LrSchedulerType::kLinear;
  double learning_rate = 5e-5;  ///< the base rate, which closed forms multiply
  std::int64_t warmup_steps = 0;
  std::int64_t max_steps = 0;
  Record kwargs;  ///< the reference's keyword arguments of this schedule; as there, constant ones ignore them
};

/// Where a schedule stands; plain data for checkpoints.
struct LrSchedulerState {
  std::int64_t steps = 0;  ///< updates done under this schedule
  /// What a metric-driven schedule remembers, the current rate included; empty for closed forms. Its keys and values
  /// are those of the reference's scheduler.pt, of which settings are left out.
  Record metric;

  friend bool operator==(const LrSchedulerState&, const LrSchedulerState&) = default;
};

/// One schedule over one run. Closed forms are functions of the step alone, so that a resume with changed arguments
/// acts at once (D19). Not thread-safe; costs nothing but one formula an update.
class LrScheduler {
 public:
  /// Throws one ConfigError naming every keyword argument that is missing, unknown, of the wrong type or out of range.
  explicit LrScheduler(const LrScheduleSpec& spec);
  /// A closed form of your own: `rate(n)` is the rate of the update that follows n others. Called once an update; must
  /// be a function of n alone, or a resume cannot go on with it. Throws ConfigError if it is empty.
  explicit LrScheduler(std::function<double(std::int64_t updates)> rate);
  ~LrScheduler();
  LrScheduler(LrScheduler&&) noexcept;
  LrScheduler& operator=(LrScheduler&&) noexcept;

  /// The rate for the next update.
  double learning_rate() const { return learning_rate_; }
  /// After an update. The rate of a metric-driven schedule does not change.
  void step();
  bool is_metric_driven() const;
  /// After an evaluation, with the watched metric. Closed forms do not change.
  void step_metric(double metric);

  LrSchedulerState state() const;
  /// Goes on from there: closed forms take the number of steps only, metric-driven ones what they remembered, with the
  /// settings of this schedule. What is absent stays. Throws CheckpointError for values of the wrong type.
  void restore(const LrSchedulerState& state);

  class Rule;  ///< one schedule's formula

 private:
  std::unique_ptr<Rule> rule_;
  double learning_rate_;  ///< cached, because it is read more often than it changes
  std::int64_t steps_ = 0;
};

}  // namespace baton
