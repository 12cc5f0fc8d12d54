#include "src/track/dvclive/artifacts.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <span>
#include <system_error>
#include <vector>

#include "baton/core/value.h"
#include "src/base/files.h"
#include "src/base/json.h"
#include "src/base/output_file.h"
#include "src/track/dvclive/block_yaml.h"
#include "src/track/dvclive/md5.h"

namespace baton::track {

namespace fs = std::filesystem;

namespace {

struct Content {
  std::string md5;
  std::int64_t size = 0;
  std::int64_t files = 0;  ///< of a folder
};

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// A finished file in the cache takes its place there; DVC expects that nobody can write to it.
void settle(Disk& disk, const fs::path& partial, const fs::path& place) {
  make_folders(disk, place.parent_path());
  rename_path(disk, partial, place);
  std::error_code error;
  fs::permissions(place, fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read, error);
  if (error) throw FileError("protect", place, error.value());
}

/// One pass over the file: its checksum, a copy in the cache and one in the workspace.
Content keep_file(Disk& disk, const DvcRepository& repository, const fs::path& source, const fs::path& target) {
  const fs::path partial = repository.cache_file(Md5::of(target.string())).string() + ".partial";
  make_folders(disk, partial.parent_path());
  make_folders(disk, target.parent_path());
  Md5 sum;
  Content content;
  {
    OutputFile copy(disk, target);
    OutputFile cached(disk, partial);
    read_blocks(source, [&](std::span<const std::byte> block) {
      sum.add(block);
      copy.write(block);
      cached.write(block);
    });
    copy.finish();
    cached.finish();
    content.size = static_cast<std::int64_t>(copy.size());
  }
  content.md5 = sum.digits();
  settle(disk, partial, repository.cache_file(content.md5));
  return content;
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->is_regular_file()) files.push_back(it->path().lexically_relative(folder));
  }
  if (error) throw FileError("read", folder, error.value());
  const auto by_text = [](const fs::path& a, const fs::path& b) { return a.generic_string() < b.generic_string(); };
  std::sort(files.begin(), files.end(), by_text);
  return files;
}

/// The list of its files is an object of its own in the cache.
Content keep_folder(Disk& disk, const DvcRepository& repository, const fs::path& source, const fs::path& target) {
  Content content;
  Value::List list;
  make_folders(disk, target);
  for (const fs::path& file : files_below(source)) {
    const Content one = keep_file(disk, repository, source / file, target / file);
    list.push_back(Record{{"md5", one.md5}, {"relpath", file.generic_string()}});
    content.size += one.size;
    ++content.files;
  }
  const std::string text = json::dump_python(list, 0, json::KeyOrder::kKept);
  content.md5 = Md5::of(text).append(".dir");
  const fs::path place = repository.cache_file(content.md5);
  make_folders(disk, place.parent_path());
  const fs::path partial = place.string() + ".partial";
  swap_file(disk, partial, text);
  settle(disk, partial, place);
  return content;
}

void write_pointer(Disk& disk, const Content& content, bool is_folder, const fs::path& target) {
  Record out{{"md5", content.md5}, {"size", content.size}};
  if (is_folder) out.set("nfiles", content.files);
  out.set("hash", "md5");
  out.set("path", target.filename().string());
  swap_file(disk, target.string() + ".dvc", block_yaml({{"outs", Value::List{std::move(out)}}}));
}

void hide_from_git(Disk& disk, const fs::path& target) {
  const fs::path file = target.parent_path() / ".gitignore";
  const std::string line = "/" + target.filename().string() + "\n";
  std::error_code ignored;
  std::string text = fs::exists(file, ignored) ? read_file(file) : std::string();
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  if (("\n" + text).find("\n" + line) == std::string::npos) swap_file(disk, file, text + line);
}

}  // namespace

std::string artifact_file_name(std::string_view name) {
  std::string result(name);
  for (char& c : result) {
    if (!is_letter_or_digit(c) && c != '_' && c != '.') c = '-';
  }
  return result.empty() || result.front() == '.' ? "artifact" + result : result;
}

bool is_artifact_name(std::string_view name) {
  return !name.empty() && is_letter_or_digit(name.front()) && is_letter_or_digit(name.back()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '-' || c == '/' || c == '_'; });
}

void keep_artifact(Disk& disk, const DvcRepository& repository, const fs::path& source, const fs::path& target) {
  const bool is_folder = fs::is_directory(source);
  make_folders(disk, target.parent_path());
  remove_path(disk, target);
  const auto keep = is_folder ? keep_folder : keep_file;
  write_pointer(disk, keep(disk, repository, source, target), is_folder, target);
  hide_from_git(disk, target);
}

}  // namespace baton::track
