// What makes one learning-rate schedule differ from another. The closed forms are in lr_closed_forms.cc, the two that
// follow a metric in lr_metric_rules.cc.
#pragma once

#include <cstdint>
#include <memory>

#include "baton/core/lr_schedule.h"

namespace baton {

class LrScheduler::Rule {
 public:
  virtual ~Rule() = default;

  /// The rate for the update that follows `steps` updates.
  virtual double rate(std::int64_t steps) const = 0;

  virtual bool is_metric_driven() const { return false; }
  /// The watched metric of an evaluation.
  virtual void observe(double) {}
  /// What observe() changed; see LrSchedulerState::metric.
  virtual Record memory() const { return {}; }
  virtual void remember(const Record&) {}
};

using LrRule = std::unique_ptr<LrScheduler::Rule>;

// All throw ConfigError for unusable keyword arguments.

LrRule make_plateau(const LrScheduleSpec& spec);
LrRule make_greedy(const LrScheduleSpec& spec);
/// Any other type.
LrRule make_closed_form(const LrScheduleSpec& spec);

}  // namespace baton
