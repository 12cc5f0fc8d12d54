// Worker: replays a run's journal to one tracker, step by step. What it decides depends on the journal, the tracker and
// the times it is given only; the thread is worker_thread.h's.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "baton/track/tracker.h"
#include "src/base/disk.h"
#include "src/base/file_lock.h"
#include "src/track/journal/reader.h"
#include "src/track/journal/rewinds.h"
#include "src/track/replay_filter.h"
#include "src/track/tracker_note.h"

namespace baton::track {

/// How a worker stands.
enum class Standing {
  kBehind,   ///< there may be more to deliver at once
  kIdle,     ///< the sink has everything that is in the journal
  kWaiting,  ///< a fault; the next try is due at Progress::next_ns
  kDone,     ///< the sink knows that the run has ended
  kStopped,  ///< unusable here, or another process delivers
};

struct Progress {
  Standing standing = Standing::kBehind;
  std::int64_t next_ns = 0;  ///< with kWaiting
};

/// Used from one thread at a time.
class Worker {
 public:
  struct Parts {
    RunInfo run;
    std::unique_ptr<Tracker> tracker;
    std::string key;  ///< of the tracker among those of the run, and of its note
    Remarks& remarks;
    Disk& disk;
    std::function<double()> random;  ///< 0 to 1
  };

  explicit Worker(Parts parts);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Notes beside the journal that there is this tracker, so that later processes know of it; step() would do it, but
  /// not before its thread runs.
  void introduce();
  /// One portion of work: start, a batch, a flush. `now_ns` is of a clock that never goes back. Throws nothing.
  Progress step(std::int64_t now_ns);

  const std::string& key() const { return parts_.key; }
  /// Thread-safe, as the next two: entries up to this one are delivered for good, so that their files may go.
  std::uint64_t settled() const { return settled_; }
  std::uint64_t delivered() const { return delivered_; }
  bool takes_artifacts() const { return takes_artifacts_; }
  /// The last entry of the journal as it was when the worker began.
  std::uint64_t last_entry() const { return outline_.last_sequence; }
  std::int64_t refused() const { return note_.refused; }
  /// Thread-safe: gives up what is under way, for good.
  void cancel();

 private:
  Progress do_step(std::int64_t now_ns);
  Status start();
  Status open_note();
  TrackerNote note_or_anew(const std::filesystem::path& file);
  Status find_position();
  Status catch_up_with_lost_end();
  Status catch_up_with_rewinds();
  bool was_given_in_vain(const Entry& entry) const;
  bool rebuilds() const;
  Status reset_sink();
  bool fill_batch();
  bool is_for_tracker(const Entry& entry);
  Status deliver();
  Status finish_run();
  void skip_refused(const std::string& reason);
  void save_progress();
  std::string save_note();
  Progress answer(const Status& status, std::int64_t now_ns);
  Progress stop(const std::string& why);

  Parts parts_;
  const bool takes_artifacts_;
  std::atomic<std::uint64_t> delivered_ = 0;
  std::atomic<std::uint64_t> settled_ = 0;
  std::atomic<bool> cancelled_ = false;
  std::optional<FileLock> lock_;
  TrackerNote note_;
  bool is_anew_ = false;  ///< the note was damaged: the sink may hold something
  bool started_ = false;
  bool stopped_ = false;
  bool flushed_ = true;
  int failures_ = 0;
  std::int64_t next_ns_ = 0;
  std::unique_ptr<JournalReader> reader_;
  JournalOutline outline_;  ///< as it was at the start
  ReplayFilter filter_;
  std::vector<Entry> batch_;
  Position read_;                   ///< of the last entry that was read
  std::optional<Entry> finishing_;  ///< the kFinish behind the batch
};

}  // namespace baton::track
