// scheduler.pt: where a schedule stands, as the state_dict() of Python's schedulers.
#pragma once

#include <string>
#include <vector>

#include "baton/core/lr_schedule.h"
#include "src/formats/pt.h"

namespace baton::train {

/// `base_rate` is where the schedule starts; `factors` are those of the parameter groups, in their order.
pt::Value schedule_to_pt(const LrScheduler& schedule, double base_rate, const std::vector<double>& factors);
/// Throws CheckpointError that begins with `where` for another layout.
LrSchedulerState schedule_from_pt(const pt::Value& value, const std::vector<double>& factors, const std::string& where);

}  // namespace baton::train
