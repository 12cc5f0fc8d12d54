#include "src/track/mlflow/git_commit.h"

#include <string_view>
#include <system_error>

#include "src/base/files.h"

namespace baton::track {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigits = 40;

/// Without the end of its first line; empty if it cannot be read.
std::string first_line(const fs::path& file) {
  try {
    const std::string content = read_file(file);
    return content.substr(0, content.find('\n'));
  } catch (const FileError&) {
    return "";
  }
}

/// What follows `prefix` in the first line.
std::string named_in(const fs::path& file, std::string_view prefix) {
  const std::string line = first_line(file);
  return line.starts_with(prefix) ? line.substr(prefix.size()) : "";
}

std::string packed(const fs::path& folder, const std::string& reference) {
  try {
    const std::string all = read_file(folder / "packed-refs");
    const std::size_t end = all.find(" " + reference + "\n");
    return end == std::string::npos || end < kDigits ? "" : all.substr(end - kDigits, kDigits);
  } catch (const FileError&) {
    return "";
  }
}

/// `git` is the folder, or in a working tree of its own the file that names it.
std::string head_of(fs::path git) {
  const fs::path named = named_in(git, "gitdir: ");
  if (!named.empty()) git = git.parent_path() / named;
  const std::string reference = named_in(git / "HEAD", "ref: ");
  if (reference.empty()) return first_line(git / "HEAD");
  const fs::path shared = first_line(git / "commondir");
  const fs::path references = shared.empty() ? git : git / shared;
  const std::string commit = first_line(references / reference);
  return commit.empty() ? packed(references, reference) : commit;
}

}  // namespace

std::string git_commit_around(const fs::path& file) {
  std::error_code ignored;
  for (fs::path folder = file.parent_path(); !folder.empty(); folder = folder.parent_path()) {
    if (fs::exists(folder / ".git", ignored)) {
      const std::string commit = head_of(folder / ".git");
      return commit.size() == kDigits ? commit : "";
    }
    if (folder == folder.parent_path()) break;
  }
  return "";
}

}  // namespace baton::track
