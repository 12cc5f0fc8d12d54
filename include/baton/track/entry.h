// Entry: one record of a run's journal, and what every tracker is fed with. docs/journal.md says how they lie in the
// file and which values each kind has.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

#include "baton/core/value.h"

namespace baton::track {

/// The numbers are those in the file.
enum class EntryKind : std::uint8_t {
  kBegin = 1,        ///< a process begins to log: "run_id", "name", "project", "output_dir", "host", "pid"
  kParams = 2,       ///< hyper-parameters by group, "args" and "model_config" as a rule; each group a record
  kLog = 3,          ///< a record of metrics under their raw keys: numbers, booleans, texts
  kPredict = 4,      ///< the metrics of a prediction, likewise
  kText = 5,         ///< "key", "text" (markdown)
  kHistogram = 6,    ///< "key", "edges" (k + 1 ascending numbers), "counts" (k numbers), "sum", "sum_squares"
  kImage = 7,        ///< "key", "file" (a PNG, relative to the run's folder), "width", "height"
  kArtifact = 8,     ///< "name", "type" (model, checkpoint, file), "path" (relative to the run's folder), "metadata"
  kRewind = 9,       ///< a resume: of older generations only what "after" (a sequence number) or the step allows counts
  kFinish = 10,      ///< "status": finished, failed or killed
  kNotice = 11,      ///< "id", "text": what a person was told
  kTimes = 12,       ///< where the time went, by phase and callback, in seconds
  kCheckpoint = 13,  ///< "path": a checkpoint of this step was written there
};

/// "log", "params" and so on; "unknown" for a number of a newer version.
std::string_view entry_name(EntryKind kind);

/// A place in a journal: behind the entry of this number. After a power failure, which may take the end of a journal
/// away, a later generation has other entries of the same numbers.
struct Position {
  std::uint32_t generation = 0;
  std::uint64_t sequence = 0;

  friend auto operator<=>(const Position&, const Position&) = default;
};

struct Entry {
  EntryKind kind = EntryKind::kLog;
  std::uint32_t generation = 0;  ///< how often the run was resumed before
  std::uint64_t sequence = 0;    ///< counts from 1 in the whole journal
  std::int64_t time_ns = 0;      ///< wall time when it was logged, since 1970; a repeated delivery repeats it
  std::int64_t step = 0;         ///< global_step
  Record values{};

  Position position() const { return {generation, sequence}; }
  friend bool operator==(const Entry&, const Entry&) = default;
};

}  // namespace baton::track
