// Entries of a journal, written short.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "baton/track/tracker.h"

namespace baton::track {

inline constexpr std::int64_t kStartNs = 1'700'000'000'000'000'000;

/// One second after another.
inline Entry entry(EntryKind kind, std::uint64_t sequence, std::int64_t step, Record values) {
  return {kind, 0, sequence, kStartNs + static_cast<std::int64_t>(sequence) * 1'000'000'000, step, std::move(values)};
}
inline Entry log_entry(std::uint64_t sequence, std::int64_t step, Record values) {
  return entry(EntryKind::kLog, sequence, step, std::move(values));
}

inline RunInfo run_info(const std::string& folder = "") {
  return {.id = "20261122-101530-1f2e3d",
          .name = "my run",
          .project = "",
          .output_dir = folder,
          .folder = folder,
          .start_ns = kStartNs,
          .generation = 0};
}

}  // namespace baton::track
