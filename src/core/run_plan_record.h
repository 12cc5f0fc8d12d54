// A plan as data, for programs: docs/plan.md lists the keys.
#pragma once

#include "baton/core/value.h"
#include "src/core/run_plan.h"

namespace baton {

Record plan_record(const RunPlan& plan);

}  // namespace baton
