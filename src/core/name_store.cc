#include "src/core/name_store.h"

#include <algorithm>

#include "baton/core/errors.h"

namespace baton {

namespace fs = std::filesystem;

std::vector<CheckpointEntry> NameStore::list() const {
  std::vector<CheckpointEntry> entries;
  for (const std::int64_t step : steps_) entries.push_back({.path = path_of_step(step), .step = step});
  return entries;
}

fs::path NameStore::path_of_step(std::int64_t step) const { return "checkpoint-" + std::to_string(step); }

bool NameStore::exists(const fs::path& checkpoint) const {
  if (checkpoint == path_of_best()) return has_best_;
  const auto step = checkpoint_step(checkpoint.string());
  return step && std::binary_search(steps_.begin(), steps_.end(), *step);
}

SavedRun NameStore::read(const fs::path& checkpoint) const {
  throw CheckpointError("There is no checkpoint to read at " + checkpoint.string() + ": only its name is known");
}

void NameStore::write(const fs::path& checkpoint, const SavedRun& run, const std::function<void(const fs::path&)>&) {
  if (checkpoint == path_of_best()) {
    has_best_ = true;
  } else if (!exists(checkpoint)) {
    steps_.push_back(run.state.global_step);  // which only grows
  }
}

void NameStore::remove(const fs::path& checkpoint) {
  if (checkpoint == path_of_best()) has_best_ = false;
  std::erase(steps_, checkpoint_step(checkpoint.string()).value_or(-1));
}

}  // namespace baton
