// CheckpointFolder: checkpoints as folders `checkpoint-<step>` in the output directory, as the reference lays them out.
// Beside the engine's files each holds trainer_state.json, baton_state.json, training_args.json and manifest.json.
#pragma once

#include <memory>

#include "baton/core/checkpoint_store.h"

namespace baton {

class Disk;

/// A checkpoint is written into `<name>.incomplete` beside its place, synced and renamed, so that a folder of the right
/// name is whole.
class CheckpointFolder final : public CheckpointStore {
 public:
  /// The directory is created when the first checkpoint is written.
  explicit CheckpointFolder(std::filesystem::path output_dir);
  CheckpointFolder(std::filesystem::path output_dir, std::shared_ptr<Disk> disk);
  ~CheckpointFolder() override;

  std::vector<CheckpointEntry> list() const override;
  std::filesystem::path path_of_step(std::int64_t step) const override;
  std::filesystem::path path_of_best() const override;
  bool exists(const std::filesystem::path& checkpoint) const override;
  bool verify(const std::filesystem::path& checkpoint) const override;
  SavedRun read(const std::filesystem::path& checkpoint) const override;
  std::unique_ptr<CheckpointDraft> begin(const std::filesystem::path& checkpoint) override;
  void remove(const std::filesystem::path& checkpoint) override;
  void clean_up() override;

 private:
  void clean_up(const std::string& name);

  std::filesystem::path output_dir_;
  std::shared_ptr<Disk> disk_;
};

}  // namespace baton
