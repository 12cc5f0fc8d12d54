#include "baton/core/checkpoint_folder.h"

#include <chrono>
#include <string_view>
#include <system_error>
#include <utility>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/base/json.h"
#include "src/core/folder_draft.h"
#include "src/core/manifest.h"

namespace baton {

namespace fs = std::filesystem;

namespace {

constexpr const char* kBest = "best";

Record read_record(const fs::path& path) {
  const Value value = json::parse(read_file(path), path.string());
  if (const Record* record = value.record()) return *record;
  throw StateError(path.string() + ": expected a JSON object");
}

/// "checkpoint-5" of "checkpoint-5.deleted"; empty if that is not what crashes leave of one.
std::string left_of(const std::string& name, std::string_view ending) {
  if (!name.ends_with(ending)) return "";
  std::string whole = name.substr(0, name.size() - ending.size());
  return checkpoint_step(whole) || whole == kBest ? whole : "";
}

}  // namespace

CheckpointFolder::CheckpointFolder(fs::path output_dir)
    : CheckpointFolder(std::move(output_dir), std::make_shared<Disk>()) {}

CheckpointFolder::CheckpointFolder(fs::path output_dir, std::shared_ptr<Disk> disk)
    : output_dir_(std::move(output_dir)), disk_(std::move(disk)) {}

CheckpointFolder::~CheckpointFolder() = default;

std::vector<CheckpointEntry> CheckpointFolder::list() const {
  std::vector<CheckpointEntry> entries;
  std::error_code absent;
  for (const fs::directory_entry& entry : fs::directory_iterator(output_dir_, absent)) {
    const auto step = checkpoint_step(entry.path().filename().string());
    if (!step || !entry.is_directory()) continue;
    const std::chrono::duration<double> modified = entry.last_write_time().time_since_epoch();
    entries.push_back({entry.path(), *step, modified.count()});
  }
  return entries;
}

fs::path CheckpointFolder::path_of_step(std::int64_t step) const {
  return output_dir_ / ("checkpoint-" + std::to_string(step));
}

fs::path CheckpointFolder::path_of_best() const { return output_dir_ / kBest; }

bool CheckpointFolder::exists(const fs::path& checkpoint) const { return fs::is_directory(checkpoint); }

bool CheckpointFolder::verify(const fs::path& checkpoint) const {
  if (const std::optional<Manifest> manifest = read_manifest(checkpoint)) {
    check_files(*manifest, checkpoint);
    return true;
  }
  if (fs::exists(checkpoint / kLoopFile)) throw CheckpointError("There is no " + (checkpoint / kManifestFile).string());
  return false;
}

SavedRun CheckpointFolder::read(const fs::path& checkpoint) const {
  const fs::path state_file = checkpoint / kStateFile;
  if (!fs::exists(state_file)) throw CheckpointError("There is no " + state_file.string() + "; it is needed to resume");
  try {
    SavedRun run{.state = TrainerState::from_json(read_file(state_file), state_file.string()),
                 .loop = {},
                 .arguments = {},
                 .companions = {}};
    if (const fs::path path = checkpoint / kLoopFile; fs::exists(path)) {
      const Record record = read_record(path);
      run.loop = LoopState::from_record(record, path.string());
      const Value* companions = record.find("companions");  // absent in checkpoints of before there were any
      if (companions != nullptr && companions->record() != nullptr) run.companions = *companions->record();
    }
    if (const fs::path path = checkpoint / kArgumentsFile; fs::exists(path)) run.arguments = read_record(path);
    return run;
  } catch (const JsonError& error) {
    throw StateError(error.what());
  } catch (const FileError& error) {
    throw CheckpointError(error.what());
  }
}

std::unique_ptr<CheckpointDraft> CheckpointFolder::begin(const fs::path& checkpoint) {
  return std::make_unique<FolderDraft>(*disk_, checkpoint);
}

void CheckpointFolder::remove(const fs::path& checkpoint) {
  try {
    delete_folder(*disk_, checkpoint);
  } catch (const std::exception& error) {
    throw CheckpointError("The checkpoint " + checkpoint.string() + " could not be deleted: " + error.what());
  }
}

void CheckpointFolder::clean_up() {
  std::error_code absent;
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(output_dir_, absent)) {
    names.push_back(entry.path().filename().string());
  }
  try {
    for (const std::string& name : names) clean_up(name);
  } catch (const std::exception& error) {
    throw CheckpointError("What a crash has left in " + output_dir_.string() +
                          " could not be removed: " + error.what());
  }
}

void CheckpointFolder::clean_up(const std::string& name) {
  const std::string replaced = left_of(name, kReplaced);
  if (!replaced.empty() && !fs::exists(output_dir_ / replaced)) {
    rename_path(*disk_, output_dir_ / name, output_dir_ / replaced);
  } else if (!replaced.empty() || !left_of(name, kIncomplete).empty() || !left_of(name, kDeleted).empty()) {
    remove_path(*disk_, output_dir_ / name);
  }
}

}  // namespace baton
