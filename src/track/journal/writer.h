// JournalWriter: appends to a run's journal. The one writer of a run at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "baton/core/clock.h"
#include "baton/track/entry.h"
#include "src/base/disk.h"
#include "src/base/file_lock.h"

namespace baton::track {

/// The records of one process are in segments of its own, `journal-<number>.btj`: nobody writes to a file that a crash
/// may have torn. Used from one thread.
class JournalWriter {
 public:
  /// `wall` tells the time since 1970. Both must outlive this. Makes the folder where it is missing. Throws Error if
  /// the journal cannot be opened, or another process writes to it (which is named).
  JournalWriter(std::filesystem::path folder, Disk& disk, Clock& wall);
  ~JournalWriter();
  JournalWriter(const JournalWriter&) = delete;
  JournalWriter& operator=(const JournalWriter&) = delete;

  /// One write(2); whether it could be written. What could not be is counted, and tried again with a new segment not
  /// before a second has passed; its sequence number stays free, so that readers see that something is missing.
  bool append(EntryKind kind, std::int64_t step, Record values);
  /// Waits until everything is on the disk; whether it is.
  bool sync();

  std::uint32_t generation() const { return generation_; }
  /// Of the last entry.
  std::uint64_t sequence() const { return sequence_; }
  std::int64_t lost() const { return lost_; }
  /// Why the last append or sync failed, for people.
  const std::string& problem() const { return problem_; }

 private:
  bool write_record();
  bool open_segment();
  void close_segment();
  bool fail(const std::string& doing);

  std::filesystem::path folder_;
  Disk& disk_;
  Clock& wall_;
  FileLock lock_;
  std::uint32_t generation_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t segment_ = 0;
  int descriptor_ = -1;
  std::uint64_t segment_bytes_ = 0;
  std::int64_t failed_ns_ = 0;  ///< when, if no segment is open
  std::int64_t lost_ = 0;
  std::string problem_;
  std::string record_;  ///< reused
};

}  // namespace baton::track
