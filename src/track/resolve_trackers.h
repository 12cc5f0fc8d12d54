// Which trackers a list of names means.
#pragma once

#include <string>
#include <vector>

#include "src/track/registry.h"

namespace baton::track {

/// The reference's words (hf-trackers §1.2): "none", and no name at all, mean nothing; "all" every tracker that can be
/// used here; else the named ones, in order. Throws ConfigError for an unknown name, which lists the known ones, and
/// for one that cannot be used here, which says why and what to do.
std::vector<const TrackerKind*> resolve_trackers(const std::vector<std::string>& names, const Environment& environment);

/// Those that a journal can be replayed to, without a Trainer: "all" leaves out what only measures while one trains,
/// and ConfigError says so of such a name.
std::vector<const TrackerKind*> resolve_replays(const std::vector<std::string>& names, const Environment& environment);

}  // namespace baton::track
