// JournalReader: reads a run's journal in order, also while it is written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "baton/track/entry.h"

namespace baton::track {

/// Never throws for what is in the files, and never changes them. Used from one thread.
class JournalReader {
 public:
  explicit JournalReader(std::filesystem::path folder);
  ~JournalReader();
  JournalReader(const JournalReader&) = delete;
  JournalReader& operator=(const JournalReader&) = delete;

  /// The next entry; nothing if there is none as yet. Damage is skipped and counted; the torn end of a segment counts
  /// once a later segment shows that nobody writes to it any more.
  std::optional<Entry> next();

  /// Of a segment, and of a byte in it.
  using Position = std::pair<std::uint64_t, std::uint64_t>;
  /// Behind the last entry.
  Position position() const { return {segment_, offset_ + begin_}; }
  std::uint64_t damaged_bytes() const { return damaged_bytes_; }
  /// Entries that the writer could not write, or that are damaged: gaps in the sequence.
  std::uint64_t missing() const { return missing_; }

 private:
  bool fill();
  bool open_next_segment();

  std::filesystem::path folder_;
  std::uint64_t segment_ = 0;  ///< 0: none as yet
  int descriptor_ = -1;
  std::string buffer_;
  std::size_t begin_ = 0;     ///< of what is unread in the buffer
  std::uint64_t offset_ = 0;  ///< of the buffer in the segment
  std::uint64_t sequence_ = 0;
  std::uint64_t damaged_bytes_ = 0;
  std::uint64_t missing_ = 0;
};

/// Calls `take` for every entry that is there now. Ends also if somebody writes faster than this reads.
void for_each_entry(const std::filesystem::path& folder, const std::function<void(const Entry&)>& take);

/// The last entry that is there now; nothing if there is none. Reads from the end, however long the journal is.
std::optional<Entry> last_entry(const std::filesystem::path& folder);

}  // namespace baton::track
