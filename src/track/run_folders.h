// The folders of the runs of an output directory: <output_dir>/baton/<run id>/.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "baton/track/tracker.h"

namespace baton::track {

/// Sorts by time: 20261122-101530-1f2e3d. `random`: 0 to 1.
std::string new_run_id(std::int64_t wall_ns, double random);

std::filesystem::path run_folder(const std::filesystem::path& output_dir, const std::string& id);
/// The folders of all runs, oldest first.
std::vector<std::filesystem::path> run_folders(const std::filesystem::path& output_dir);
/// The runs that a person means by a path: that one, or all of an output directory. Throws Error if there is none.
std::vector<std::filesystem::path> runs_at(const std::filesystem::path& path);

/// What a journal tells of its run; nothing if it tells nothing.
std::optional<RunInfo> run_info(const std::filesystem::path& folder);

}  // namespace baton::track
