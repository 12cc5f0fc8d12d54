#include "src/track/dvclive/dvc_repository.h"

#include <unistd.h>

#include <sstream>
#include <string>
#include <utility>

#include "baton/core/value.h"
#include "src/base/files.h"
#include "src/base/json.h"

namespace baton::track {

namespace fs = std::filesystem;

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

/// The value of [cache] dir in a settings file of DVC; empty if it sets none.
std::string cache_dir_setting(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return {};
  std::istringstream lines(read_file(file));
  std::string found;
  bool in_cache = false;
  for (std::string line; std::getline(lines, line);) {
    const std::string_view text = trimmed(line);
    if (text.starts_with('[')) in_cache = text == "[cache]";
    const std::size_t equals = text.find('=');
    if (!in_cache || equals == std::string_view::npos || trimmed(text.substr(0, equals)) != "dir") continue;
    found = trimmed(text.substr(equals + 1));
  }
  return found;
}

fs::path marks_folder(const fs::path& root) { return root / ".dvc" / "tmp" / "exps" / "run"; }

void write_mark(Disk& disk, const fs::path& file, const Record& content) {
  try {
    make_folders(disk, file.parent_path());
    swap_file(disk, file, json::dump_python(content, 0, json::KeyOrder::kKept));
  } catch (const FileError&) {  // the extension shows the experiment when it has ended
  }
}

void remove_mark(Disk& disk, const fs::path& file) {
  try {
    remove_path(disk, file);
  } catch (const FileError&) {  // as above
  }
}

std::int64_t own_pid() { return ::getpid(); }

}  // namespace

std::optional<DvcRepository> DvcRepository::find(const fs::path& inside) {
  std::error_code ignored;
  for (fs::path folder = fs::weakly_canonical(inside, ignored); !folder.empty(); folder = folder.parent_path()) {
    if (fs::is_directory(folder / ".dvc", ignored)) return DvcRepository(folder);
    if (folder == folder.root_path()) break;
  }
  return std::nullopt;
}

DvcRepository DvcRepository::make(Disk& disk, const fs::path& root) {
  make_folders(disk, root / ".dvc");
  swap_file(disk, root / ".dvc" / ".gitignore", "/config.local\n/tmp\n/cache\n");
  swap_file(disk, root / ".dvc" / "config", "");
  return DvcRepository(root);
}

DvcRepository::DvcRepository(fs::path root) : root_(std::move(root)), cache_(root_ / ".dvc" / "cache") {
  for (const char* name : {"config", "config.local"}) {
    const std::string dir = cache_dir_setting(root_ / ".dvc" / name);
    if (!dir.empty()) cache_ = root_ / ".dvc" / dir;
  }
}

fs::path DvcRepository::cache_file(std::string_view md5) const {
  return cache_ / "files" / "md5" / md5.substr(0, 2) / md5.substr(2);
}

void DvcRepository::mark_started(Disk& disk, std::string_view experiment) const {
  write_mark(disk, marks_folder(root_) / "DVCLIVE_ONLY", {{"exp_name", experiment}, {"pid", own_pid()}});
}

void DvcRepository::mark_step(Disk& disk, std::int64_t step) const {
  write_mark(disk, marks_folder(root_) / "DVCLIVE_STEP_COMPLETED", {{"pid", own_pid()}, {"step", step}});
}

void DvcRepository::remove_marks(Disk& disk) const {
  for (const char* name : {"DVCLIVE_ONLY", "DVCLIVE_STEP_COMPLETED"}) remove_mark(disk, marks_folder(root_) / name);
}

}  // namespace baton::track
