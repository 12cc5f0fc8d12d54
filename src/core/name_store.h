// NameStore: checkpoints of which nothing exists but the name, for runs that write none.
#pragma once

#include <cstdint>
#include <vector>

#include "baton/core/checkpoint_store.h"

namespace baton {

class NameStore final : public CheckpointStore {
 public:
  /// Steps of the checkpoints that are left, in ascending order.
  const std::vector<std::int64_t>& steps() const { return steps_; }

  std::vector<CheckpointEntry> list() const override;
  std::filesystem::path path_of_step(std::int64_t step) const override;
  std::filesystem::path path_of_best() const override { return "best"; }
  bool exists(const std::filesystem::path& checkpoint) const override;
  /// Always throws CheckpointError: there is nothing to read.
  SavedRun read(const std::filesystem::path& checkpoint) const override;
  /// Notes the name. `fill` is not called.
  void write(const std::filesystem::path& checkpoint, const SavedRun& run,
             const std::function<void(const std::filesystem::path& folder)>& fill) override;
  void remove(const std::filesystem::path& checkpoint) override;

 private:
  std::vector<std::int64_t> steps_;
  bool has_best_ = false;
};

}  // namespace baton
