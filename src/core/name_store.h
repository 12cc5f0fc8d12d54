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
  bool verify(const std::filesystem::path&) const override { return true; }
  /// Always throws CheckpointError: there is nothing to read.
  SavedRun read(const std::filesystem::path& checkpoint) const override;
  /// Notes the name when it is committed. Files added to it are not even made.
  std::unique_ptr<CheckpointDraft> begin(const std::filesystem::path& checkpoint) override;
  void remove(const std::filesystem::path& checkpoint) override;
  void clean_up() override {}

 private:
  class Draft;

  std::vector<std::int64_t> steps_;
  bool has_best_ = false;
};

}  // namespace baton
