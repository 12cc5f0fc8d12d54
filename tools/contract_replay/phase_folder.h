// The output folder that all phases of a case share: changes made before a phase, and what a phase left in it.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "baton/core/checkpoint_folder.h"
#include "baton/core/value.h"
#include "tools/contract_replay/replay_engine.h"

namespace baton::replay {

/// A folder of its own under the system's temporary folder; deleted with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A CheckpointFolder that remembers which checkpoints were written. As in the reference, nothing vouches for what is
/// in them: cases take files away.
class RecordingFolder final : public CheckpointStore {
 public:
  explicit RecordingFolder(const std::filesystem::path& output_dir) : folder_(output_dir) {}
  const std::set<std::string>& written() const { return written_; }

  std::vector<CheckpointEntry> list() const override { return folder_.list(); }
  std::filesystem::path path_of_step(std::int64_t step) const override { return folder_.path_of_step(step); }
  std::filesystem::path path_of_best() const override { return folder_.path_of_best(); }
  bool exists(const std::filesystem::path& checkpoint) const override { return folder_.exists(checkpoint); }
  SavedRun read(const std::filesystem::path& checkpoint) const override { return folder_.read(checkpoint); }
  bool verify(const std::filesystem::path&) const override { return false; }
  std::unique_ptr<CheckpointDraft> begin(const std::filesystem::path& checkpoint) override;
  void remove(const std::filesystem::path& checkpoint) override { folder_.remove(checkpoint); }
  void clean_up() override { folder_.clean_up(); }

 private:
  CheckpointFolder folder_;
  std::set<std::string> written_;
};

/// Carries out the changes that a phase wants first (README of the cases, §3.4).
void prepare_folder(const Record& phase, const std::filesystem::path& output_dir, const ReplayEngine& engine);

/// "checkpoints", "checkpoint_files" and "saved_state" of an answer.
void describe_folder(const std::filesystem::path& output_dir, const std::set<std::string>& written,
                     const ReplayEngine* engine, Record& answer);

/// A state file's fields as answers give them: checkpoint paths as folder names.
Record state_answer(const std::string& state_json);

}  // namespace baton::replay
