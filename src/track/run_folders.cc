#include "src/track/run_folders.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <system_error>

#include "baton/core/errors.h"
#include "src/track/journal/reader.h"
#include "src/track/journal/segments.h"
#include "src/track/text_in.h"

namespace baton::track {

namespace fs = std::filesystem;

namespace {

constexpr const char* kRuns = "baton";

bool is_run(const fs::path& folder) { return !journal::segment_numbers(folder).empty(); }

}  // namespace

std::string new_run_id(std::int64_t wall_ns, double random) {
  const std::time_t seconds = wall_ns / 1'000'000'000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> time{};
  std::strftime(time.data(), time.size(), "%Y%m%d-%H%M%S", &utc);
  std::array<char, 8> tail{};
  std::snprintf(tail.data(), tail.size(), "%06x", static_cast<unsigned>(random * 0xFFFFFF));
  return std::string(time.data()) + "-" + tail.data();
}

fs::path run_folder(const fs::path& output_dir, const std::string& id) { return output_dir / kRuns / id; }

std::vector<fs::path> run_folders(const fs::path& output_dir) {
  std::vector<fs::path> folders;
  std::error_code absent;
  for (const auto& folder : fs::directory_iterator(output_dir / kRuns, absent)) {
    if (is_run(folder.path())) folders.push_back(folder.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

std::vector<fs::path> runs_at(const fs::path& path) {
  if (is_run(path)) return {path};
  for (const fs::path& output_dir : {path, path.parent_path()}) {
    if (std::vector<fs::path> all = run_folders(output_dir);
        !all.empty() && (output_dir == path || path.filename() == kRuns)) {
      return all;
    }
  }
  throw Error("There is no run in " + path.string() + ": expected an output_dir with " + kRuns +
              "/<run id>/journal-*.btj, or one of those folders");
}

std::optional<RunInfo> run_info(const fs::path& folder) {
  JournalReader reader(folder);
  std::optional<Entry> begin;
  do begin = reader.next();
  while (begin && begin->kind != EntryKind::kBegin);
  if (!begin) return std::nullopt;
  return RunInfo{.id = text_in(begin->values, "run_id"),
                 .name = text_in(begin->values, "name"),
                 .project = text_in(begin->values, "project"),
                 .output_dir = text_in(begin->values, "output_dir"),
                 .folder = folder,
                 .start_ns = begin->time_ns,
                 .generation = last_entry(folder).value_or(*begin).generation};
}

}  // namespace baton::track
