#include "baton/core/rotation.h"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace baton {
namespace {

constexpr std::string_view kPrefix = "checkpoint-";

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Some file systems invent modification times, all nearly equal; the step numbers are then the better witness.
bool times_tell(const std::vector<CheckpointEntry>& entries) {
  if (entries.empty()) return false;
  const auto by_time = [](const CheckpointEntry& a, const CheckpointEntry& b) { return a.modified < b.modified; };
  const auto [first, last] = std::minmax_element(entries.begin(), entries.end(), by_time);
  return last->modified - first->modified >= 1.0;
}

}  // namespace

std::optional<std::int64_t> checkpoint_step(std::string_view folder_name) {
  if (folder_name.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
  const std::string_view digits = folder_name.substr(kPrefix.size());
  if (!all_digits(digits)) return std::nullopt;
  std::int64_t step = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), step);
  if (read.ec != std::errc()) return std::nullopt;
  return step;
}

std::vector<CheckpointEntry> sort_checkpoints(std::vector<CheckpointEntry> entries, const std::filesystem::path& best) {
  const bool by_time = times_tell(entries);
  const auto key = [by_time](const CheckpointEntry& entry) {
    return std::make_tuple(by_time ? entry.modified : 0.0, entry.step);
  };
  std::stable_sort(entries.begin(), entries.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });

  const auto is_best = [&best](const CheckpointEntry& entry) { return entry.path == best; };
  const auto found = std::find_if(entries.begin(), entries.end(), is_best);
  if (entries.end() - found > 1) std::rotate(found, found + 1, entries.end() - 1);
  return entries;
}

std::vector<std::filesystem::path> rotation_plan(const std::vector<CheckpointEntry>& entries, std::int64_t limit,
                                                 const std::filesystem::path& best) {
  if (limit <= 0 || entries.empty()) return {};
  const auto sorted = sort_checkpoints(entries);
  // A best model kept outside the checkpoints (D4) takes no place; a best checkpoint does, as in the reference.
  const bool best_takes_place = best != sorted.back().path && checkpoint_step(best.filename().string()).has_value();
  const std::int64_t keep = std::max<std::int64_t>(limit, best_takes_place ? 2 : 1);

  // From the oldest on; the newest is last, and one place is always its own.
  std::vector<std::filesystem::path> doomed;
  std::int64_t left = static_cast<std::int64_t>(sorted.size());
  for (const CheckpointEntry& entry : sorted) {
    if (left <= keep) break;
    if (entry.path == best) continue;
    doomed.push_back(entry.path);
    --left;
  }
  return doomed;
}

std::optional<std::filesystem::path> newest_checkpoint(const std::vector<CheckpointEntry>& entries) {
  const auto by_step = [](const CheckpointEntry& a, const CheckpointEntry& b) { return a.step < b.step; };
  const auto newest = std::max_element(entries.begin(), entries.end(), by_step);
  if (newest == entries.end()) return std::nullopt;
  return newest->path;
}

}  // namespace baton
