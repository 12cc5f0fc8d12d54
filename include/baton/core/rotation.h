// Which checkpoint folders count, their order, and which ones go (hf-contract §11, D6). Pure functions of names and
// times: the store lists and deletes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace baton {

/// The step in a name of exactly the form checkpoint-<digits>; absent for any other name and for steps beyond 64 bits.
std::optional<std::int64_t> checkpoint_step(std::string_view folder_name);

/// A checkpoint folder as a store lists it.
struct CheckpointEntry {
  std::filesystem::path path;
  std::int64_t step = 0;
  double modified = 0.0;  ///< seconds, from any start
};

/// Oldest first: by time (then by step), or by step alone if all times lie within less than a second. `best`, unless it
/// is the newest, is moved to the place before the last. Paths are compared as texts, not as places on a disk.
std::vector<CheckpointEntry> sort_checkpoints(std::vector<CheckpointEntry> entries,
                                              const std::filesystem::path& best = {});

/// What to delete, oldest first, so that `limit` remain; 0 or less keeps all. The newest and `best` are never deleted,
/// so with another best checkpoint two remain at a limit of 1. A `best` outside the checkpoint-<digits> folders takes
/// no place.
std::vector<std::filesystem::path> rotation_plan(const std::vector<CheckpointEntry>& entries, std::int64_t limit,
                                                 const std::filesystem::path& best);

/// The one with the highest step.
std::optional<std::filesystem::path> newest_checkpoint(const std::vector<CheckpointEntry>& entries);

}  // namespace baton
