// FolderDraft: a CheckpointDraft that becomes a folder.
#pragma once

#include "baton/core/checkpoint_draft.h"
#include "src/base/disk.h"
#include "src/core/manifest.h"

namespace baton {

// What a crash can leave beside a checkpoint, by the ending of its name.
inline constexpr const char* kIncomplete = ".incomplete";  ///< not finished, of no use
inline constexpr const char* kDeleted = ".deleted";        ///< being deleted, of no use
inline constexpr const char* kReplaced = ".replaced";      ///< whole; of use if the checkpoint itself is not there

/// Names of files that every checkpoint has.
inline constexpr const char* kStateFile = "trainer_state.json";
inline constexpr const char* kLoopFile = "baton_state.json";
inline constexpr const char* kArgumentsFile = "training_args.json";

/// Written in `<target>.incomplete`, synced, then renamed.
class FolderDraft final : public CheckpointDraft {
 public:
  /// `disk` must outlive this. Throws FileError.
  FolderDraft(Disk& disk, std::filesystem::path target);
  ~FolderDraft() override;
  FolderDraft(const FolderDraft&) = delete;
  FolderDraft& operator=(const FolderDraft&) = delete;

  const std::filesystem::path& folder() const override { return folder_; }
  void add(const std::string& name, const std::function<void(ByteSink&)>& content) override;
  void commit(const SavedRun& run) override;

 private:
  void add_text(const std::string& name, const std::string& text);
  void take_in_other_files();
  void move_into_place();

  Disk& disk_;
  std::filesystem::path target_;
  std::filesystem::path folder_;
  Manifest manifest_;
  bool committed_ = false;
};

/// Deletes a folder so that no crash leaves a part of it under its name. Throws FileError.
void delete_folder(Disk& disk, const std::filesystem::path& folder);

}  // namespace baton
