// CheckpointFolder: checkpoints as folders `checkpoint-<step>` in the output directory, as the reference lays them out.
// Beside the engine's files each holds trainer_state.json, baton_state.json and training_args.json.
#pragma once

#include "baton/core/checkpoint_store.h"

namespace baton {

/// A checkpoint is written into `<name>.incomplete` beside its place, synced and renamed, so that a folder of the right
/// name is whole.
class CheckpointFolder final : public CheckpointStore {
 public:
  /// The directory is created when the first checkpoint is written.
  explicit CheckpointFolder(std::filesystem::path output_dir);

  std::vector<CheckpointEntry> list() const override;
  std::filesystem::path path_of_step(std::int64_t step) const override;
  std::filesystem::path path_of_best() const override;
  bool exists(const std::filesystem::path& checkpoint) const override;
  SavedRun read(const std::filesystem::path& checkpoint) const override;
  void write(const std::filesystem::path& checkpoint, const SavedRun& run,
             const std::function<void(const std::filesystem::path& folder)>& fill) override;
  void remove(const std::filesystem::path& checkpoint) override;

 private:
  std::filesystem::path output_dir_;
};

}  // namespace baton
