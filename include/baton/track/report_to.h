// report_to: from the names of trackers to their callbacks. What a Trainer does with its arguments, for a loop of your
// own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "baton/core/callback_handler.h"
#include "baton/core/environment.h"

namespace baton::track {

class TrackerGroup;

/// The callbacks of the named trackers, in order, with the options that environment variables tell. "none", or nothing:
/// none; "all": those that can be used here. Throws ConfigError for an unknown name, which lists the known ones, and
/// for one that cannot be used here, which says what to do.
CallbackList tracker_callbacks(const std::vector<std::string>& report_to, const Environment& environment);

/// Makes all tracker callbacks among them write to one journal.
void share_run(const CallbackList& callbacks, const std::shared_ptr<TrackerGroup>& group);

}  // namespace baton::track
