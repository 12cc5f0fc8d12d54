// JournalWriter: appends to a run's journal. The one writer of a run at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "baton/core/clock.h"
#include "baton/track/entry.h"
#include "src/base/disk.h"
#include "src/base/file_lock.h"

namespace baton::track {

/// The records of one process are in segments of its own, `journal-<number>.btj`: nobody writes to a file that a crash
/// may have torn. Used from one thread.
class JournalWriter {
 public:
  /// `wall` tells the time since 1970. Both must outlive this. Makes the folder where it is missing; if the disk
  /// refuses, append() tries again. Throws Error if another process writes to the journal (which is named).
  JournalWriter(std::filesystem::path folder, Disk& disk, Clock& wall);
  ~JournalWriter();
  JournalWriter(const JournalWriter&) = delete;
  JournalWriter& operator=(const JournalWriter&) = delete;

  /// One write(2); whether it could be written. What could not be is counted, and tried again with a new segment not
  /// before a second has passed; its sequence number stays free, so that readers see that something is missing. But
  /// kBegin, kParams, kRewind and kFinish wait for no second, and are kept until they can be written.
  bool append(EntryKind kind, std::int64_t step, Record values);
  /// Waits until everything is on the disk; whether it is.
  bool sync();

  std::uint32_t generation() const { return generation_; }
  /// Of the last entry.
  std::uint64_t sequence() const { return sequence_; }
  std::int64_t lost() const { return lost_ + static_cast<std::int64_t>(kept_.size()); }
  /// Why the last append or sync failed, for people.
  const std::string& problem() const { return problem_; }

 private:
  void lock();
  bool open_again();
  bool open_segment();
  void close_segment();
  bool write_record();
  bool write(std::string_view record);
  bool fail(const std::string& doing);
  bool give_up(std::string why);

  std::filesystem::path folder_;
  Disk& disk_;
  Clock& wall_;
  std::optional<FileLock> lock_{};  ///< nothing as long as the disk does not let us
  std::uint64_t before_ = 0;        ///< the last entry of earlier processes
  std::uint32_t generation_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t segment_ = 0;
  int descriptor_ = -1;
  std::uint64_t segment_bytes_ = 0;
  std::int64_t failed_ns_ = 0;  ///< when, if no segment is open
  std::int64_t lost_ = 0;
  std::string problem_;
  std::string record_;             ///< reused
  std::vector<std::string> kept_;  ///< records to be written first
};

}  // namespace baton::track
