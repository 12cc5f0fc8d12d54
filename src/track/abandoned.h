// Runs that were killed: their trackers are told.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "src/track/crew.h"

namespace baton::track {

/// A run whose end is being delivered.
struct AbandonedRun {
  RunInfo info;
  std::unique_ptr<Crew> crew;
};

/// Ends every run of the output directory, other than `current`, that has no end and that no process writes to, as
/// killed, and begins to tell the trackers it had.
std::vector<AbandonedRun> close_abandoned_runs(const std::filesystem::path& output_dir, const std::string& current,
                                               RemarkBoard& remarks, RunServices& services);

/// Appends that end. False if the run has one, or a process writes to it.
bool close_if_abandoned(const std::filesystem::path& run_folder, RunServices& services);

}  // namespace baton::track
