// Rewinds: which entries of a journal count, after the resumes that made some undone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <vector>

#include "baton/track/entry.h"

namespace baton::track {

/// A resume as its kRewind entry tells it.
struct Rewind {
  std::uint64_t sequence = 0;            ///< of the entry itself
  std::uint32_t generation = 0;          ///< that begins with it
  std::int64_t step = 0;                 ///< global_step of the checkpoint
  std::optional<std::uint64_t> after{};  ///< the last entry that was written before the checkpoint, if it tells
};

class Rewinds {
 public:
  /// Takes note of the entry if it is one.
  void add(const Entry& entry);
  /// Whether a resume made it undone: it was written after the checkpoint that a later generation began from, or, where
  /// that does not tell, is of a later step. Only what has a step of its own can be.
  bool undone(const Entry& entry) const { return undone_by(entry) != nullptr; }
  /// The first resume that did so; null if it counts.
  const Rewind* undone_by(const Entry& entry) const;
  const std::vector<Rewind>& all() const { return all_; }

 private:
  std::vector<Rewind> all_;
};

/// What one look through a whole journal tells.
struct JournalOutline {
  Rewinds rewinds;
  std::uint64_t last_sequence = 0;
  std::map<std::uint32_t, std::uint64_t> ends;  ///< the last sequence of each generation
  std::optional<Entry> finish;                  ///< the last kFinish, unless the run went on after it

  /// The last sequence of that generation or, if nothing of it is there, of those before it.
  std::uint64_t end_of(std::uint32_t generation) const;
};
JournalOutline outline_of(const std::filesystem::path& folder);

}  // namespace baton::track
