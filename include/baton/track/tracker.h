// Tracker: a service or file format that a run is replayed to. Its worker reads the run's journal and feeds it; a
// tracker never sees the training thread, and nothing it does can hurt the run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "baton/core/events.h"
#include "baton/track/entry.h"
#include "baton/track/status.h"

namespace baton::track {

/// Whose journal it is. The same in every process that goes on with the run.
struct RunInfo {
  std::string id;       ///< unique and fit for a file name: 20261122-101530-1f2e3d
  std::string name;     ///< run_name; empty: the service chooses
  std::string project;  ///< empty: the tracker's default
  std::filesystem::path output_dir;
  std::filesystem::path folder;  ///< the journal's; relative paths in entries begin here
  std::int64_t start_ns = 0;     ///< wall time of the first entry
  std::uint32_t generation = 0;  ///< 0: the run begins; above: it was resumed that often
};

/// Says something to the user, once for each id. Thread-safe.
class Remarks {
 public:
  virtual ~Remarks() = default;
  virtual void remark(std::string_view id, std::string text) = 0;
};

/// What to do when a resume makes a part of what was delivered undone.
enum class RewindMeans {
  kRebuild,     ///< reset() empties the sink and everything valid is written again: files
  kAppendOnly,  ///< what is there stays: entries that repeat a delivered one are not written again
};

/// How far a write() came.
struct [[nodiscard]] Delivery {
  std::size_t stored = 0;  ///< so many leading entries are held by the sink; none of the others is
  Status status{};         ///< ok: all of them. kRefused: entry `stored` is left out, write() gets the others again
};

/// All methods but cancel() are called by one worker thread, start() first. None throws in normal life; an exception
/// counts as kUnusable. A tracker is made anew in each process, so what it has to remember goes into `memory`.
class Tracker {
 public:
  virtual ~Tracker() = default;

  /// As in report_to: "tensorboard".
  virtual std::string name() const = 0;
  /// From these the registry makes the tracker again in another process (baton sync). No secrets.
  virtual Record options() const = 0;
  virtual RewindMeans rewind_means() const { return RewindMeans::kAppendOnly; }
  virtual bool takes_artifacts() const { return false; }

  /// Opens the sink, or the one again that `memory` tells of. `memory` (ids, paths) is kept beside the journal and
  /// comes back in the next process; it starts empty, and may be changed in any later call. Called again until it
  /// succeeds. All three outlive the tracker.
  virtual Status start(const RunInfo& run, Remarks& remarks, Record& memory) = 0;
  /// Up to where the sink itself says that it holds everything; nothing if it cannot tell, then the worker's own note
  /// counts. Called after start().
  virtual std::optional<Position> stored() { return std::nullopt; }
  /// Entries in the order of the journal, but for kBegin, kRewind and kFinish. Those of no interest count as stored.
  virtual Delivery write(std::span<const Entry> entries) = 0;
  /// With kRebuild: the sink becomes empty; everything valid follows. With kAppendOnly: `rewind` is about to count.
  virtual Status reset(const Entry& rewind) = 0;
  /// Everything written so far becomes visible to the service's readers. Called when there is nothing else to do.
  virtual Status flush() { return {}; }
  /// The run has ended, at time_ns. A resume may still follow in another process.
  virtual Status finish(RunStatus status, std::int64_t time_ns) = 0;

  /// The one method that other threads call: a call that waits for somebody (a server) returns kTemporary at once, and
  /// so does every later one.
  virtual void cancel() {}
};

}  // namespace baton::track
