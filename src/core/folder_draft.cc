#include "src/core/folder_draft.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "baton/core/checkpoint_store.h"
#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/base/json.h"
#include "src/base/output_file.h"

namespace baton {

namespace fs = std::filesystem;

namespace {

fs::path beside(const fs::path& path, const char* ending) { return path.string() + ending; }

}  // namespace

FolderDraft::FolderDraft(Disk& disk, fs::path target)
    : disk_(disk), target_(std::move(target)), folder_(beside(target_, kIncomplete)) {
  remove_path(disk_, folder_);
  make_folders(disk_, folder_);
}

FolderDraft::~FolderDraft() {
  if (committed_) return;
  try {
    remove_path(disk_, folder_);
  } catch (...) {  // the next draft of this name, or the next clean-up, removes it
  }
}

void FolderDraft::add(const std::string& name, const std::function<void(ByteSink&)>& content) {
  OutputFile file(disk_, folder_ / name);
  content(file);
  file.finish();
  manifest_.files.push_back({.name = name, .bytes = file.size(), .crc32 = file.crc32()});
}

void FolderDraft::add_text(const std::string& name, const std::string& text) {
  add(name, [&](ByteSink& sink) { sink.write(text); });
}

void FolderDraft::commit(const SavedRun& run) {
  for (const char* own : {kStateFile, kLoopFile, kArgumentsFile, kManifestFile}) {
    if (fs::exists(folder_ / own)) throw Error("a file " + std::string(own) + " was put into it, which is Baton's own");
  }
  take_in_other_files();
  add_text(kStateFile, run.state.to_json());
  if (run.loop) {
    Record record = run.loop->to_record();
    record.set("companions", run.companions);
    add_text(kLoopFile, json::dump_pretty(record) + "\n");
  }
  if (!run.arguments.empty()) add_text(kArgumentsFile, json::dump_pretty(run.arguments) + "\n");
  add_text(kManifestFile, manifest_.to_json());
  sync_path(disk_, folder_);
  move_into_place();
  committed_ = true;
}

void FolderDraft::take_in_other_files() {
  std::vector<fs::path> folders;
  std::vector<ManifestFile> others;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder_)) {
    const std::string name = entry.path().lexically_relative(folder_).string();
    if (entry.is_directory()) folders.push_back(entry.path());
    if (!entry.is_regular_file() || manifest_.find(name) != nullptr) continue;
    sync_path(disk_, entry.path());
    others.push_back(describe_file(folder_, name));
  }
  for (const fs::path& inner : folders) sync_path(disk_, inner);
  std::sort(others.begin(), others.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  manifest_.files.insert(manifest_.files.end(), others.begin(), others.end());
}

void FolderDraft::move_into_place() {
  if (!fs::exists(target_)) {
    rename_path(disk_, folder_, target_);
    sync_path(disk_, target_.parent_path());
    return;
  }
  if (disk_.exchange(folder_.c_str(), target_.c_str()) != 0) {
    if (errno != EINVAL && errno != ENOSYS) throw FileError("replace", target_, errno);
    const fs::path old = beside(target_, kReplaced);
    remove_path(disk_, old);
    rename_path(disk_, target_, old);
    rename_path(disk_, folder_, target_);
    rename_path(disk_, old, folder_);
  }
  sync_path(disk_, target_.parent_path());
  remove_path(disk_, folder_);  // the old one by now
}

void delete_folder(Disk& disk, const fs::path& folder) {
  if (!fs::exists(folder)) return;
  const fs::path gone = beside(folder, kDeleted);
  remove_path(disk, gone);
  rename_path(disk, folder, gone);
  sync_path(disk, gone.parent_path());  // before its files go
  remove_path(disk, gone);
}

}  // namespace baton
