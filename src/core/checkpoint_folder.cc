#include "baton/core/checkpoint_folder.h"

#include <chrono>
#include <system_error>
#include <utility>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/base/json.h"

namespace baton {

namespace fs = std::filesystem;

namespace {

constexpr const char* kStateFile = "trainer_state.json";
constexpr const char* kLoopFile = "baton_state.json";
constexpr const char* kArgumentsFile = "training_args.json";

Record read_record(const fs::path& path) {
  const Value value = json::parse(read_file(path), path.string());
  if (const Record* record = value.record()) return *record;
  throw StateError(path.string() + ": expected a JSON object");
}

fs::path beside(const fs::path& path, const char* suffix) { return fs::path(path.string() + suffix); }

/// Puts `complete` in the place of `target`.
void replace_folder(const fs::path& complete, const fs::path& target) {
  const fs::path old = beside(target, ".replaced");
  fs::remove_all(old);
  if (fs::exists(target)) fs::rename(target, old);
  fs::rename(complete, target);
  sync_path(target.parent_path());
  fs::remove_all(old);
}

void sync_files(const fs::path& folder) {
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) sync_path(entry.path());
}

}  // namespace

CheckpointFolder::CheckpointFolder(fs::path output_dir) : output_dir_(std::move(output_dir)) {}

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

fs::path CheckpointFolder::path_of_best() const { return output_dir_ / "best"; }

bool CheckpointFolder::exists(const fs::path& checkpoint) const { return fs::is_directory(checkpoint); }

SavedRun CheckpointFolder::read(const fs::path& checkpoint) const {
  const fs::path state_file = checkpoint / kStateFile;
  if (!fs::exists(state_file)) throw CheckpointError("There is no " + state_file.string() + "; it is needed to resume");
  try {
    SavedRun run{
        .state = TrainerState::from_json(read_file(state_file), state_file.string()), .loop = {}, .arguments = {}};
    if (const fs::path path = checkpoint / kLoopFile; fs::exists(path)) {
      run.loop = LoopState::from_record(read_record(path), path.string());
    }
    if (const fs::path path = checkpoint / kArgumentsFile; fs::exists(path)) run.arguments = read_record(path);
    return run;
  } catch (const JsonError& error) {
    throw StateError(error.what());
  } catch (const FileError& error) {
    throw CheckpointError(error.what());
  }
}

void CheckpointFolder::write(const fs::path& checkpoint, const SavedRun& run,
                             const std::function<void(const fs::path& folder)>& fill) {
  const fs::path incomplete = beside(checkpoint, ".incomplete");
  try {
    fs::remove_all(incomplete);
    fs::create_directories(incomplete);
    fill(incomplete);
    sync_files(incomplete);
    write_file(incomplete / kStateFile, run.state.to_json());
    if (run.loop) write_file(incomplete / kLoopFile, json::dump_pretty(run.loop->to_record()) + "\n");
    if (!run.arguments.empty()) write_file(incomplete / kArgumentsFile, json::dump_pretty(run.arguments) + "\n");
    sync_path(incomplete);
    replace_folder(incomplete, checkpoint);
  } catch (const std::exception& error) {
    std::error_code ignored;
    fs::remove_all(incomplete, ignored);
    throw CheckpointError("The checkpoint " + checkpoint.string() + " could not be written: " + error.what());
  }
}

void CheckpointFolder::remove(const fs::path& checkpoint) {
  std::error_code error;
  fs::remove_all(checkpoint, error);
  if (error)
    throw CheckpointError("The checkpoint " + checkpoint.string() + " could not be deleted: " + error.message());
}

}  // namespace baton
