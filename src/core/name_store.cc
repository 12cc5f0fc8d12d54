#include "src/core/name_store.h"

#include <algorithm>
#include <utility>

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

class NameStore::Draft final : public CheckpointDraft {
 public:
  Draft(NameStore& store, fs::path checkpoint) : store_(store), checkpoint_(std::move(checkpoint)) {}

  const fs::path& folder() const override { return checkpoint_; }
  void add(const std::string&, const std::function<void(ByteSink&)>&) override {}
  void commit(const SavedRun& run) override {
    if (checkpoint_ == store_.path_of_best()) {
      store_.has_best_ = true;
    } else if (!store_.exists(checkpoint_)) {
      store_.steps_.push_back(run.state.global_step);  // which only grows
    }
  }

 private:
  NameStore& store_;
  fs::path checkpoint_;
};

std::unique_ptr<CheckpointDraft> NameStore::begin(const fs::path& checkpoint) {
  return std::make_unique<Draft>(*this, checkpoint);
}

void NameStore::remove(const fs::path& checkpoint) {
  if (checkpoint == path_of_best()) has_best_ = false;
  std::erase(steps_, checkpoint_step(checkpoint.string()).value_or(-1));
}

}  // namespace baton
