// A plan in words, for a terminal.
#pragma once

#include <string>

#include "src/core/run_plan.h"

namespace baton {

/// "every 500 updates: 500, 1000, ... 12000 (24 times)"; single ones and further runs stand between semicolons, and of
/// many such pieces only the first ones and the last update are shown. "never" for none.
std::string series_text(const StepSeries& series);

/// The whole plan, at most 80 columns wide unless a single word is longer.
std::string plan_text(const RunPlan& plan);

}  // namespace baton
