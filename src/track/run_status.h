// RunStatus as the journal spells it.
#pragma once

#include <string_view>

#include "baton/core/events.h"

namespace baton::track {

/// "finished", "failed", "killed".
std::string_view run_status_name(RunStatus status);
/// kKilled for any other word.
RunStatus run_status(std::string_view name);

}  // namespace baton::track
