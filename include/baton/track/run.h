// Run: one run and the trackers it is shown in. Usable alone, without a Trainer and without LibTorch:
//
//   baton::track::Run run({.output_dir = "runs/simulation", .report_to = {"tensorboard"}});
//   for (int step = 1; step <= 1000; ++step) run.log({{"height", height}, {"speed", speed}}, step);
//   run.finish();
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "baton/core/events.h"
#include "baton/core/notice.h"
#include "baton/track/tracker.h"

namespace baton::track {

/// Which run a process goes on with, and from where. What a checkpoint keeps of a run (Run::mark).
struct Mark {
  std::string run_id;
  std::uint64_t sequence = 0;  ///< the last entry
  std::int64_t step = 0;       ///< global_step; what was logged after the mark is undone

  friend bool operator==(const Mark&, const Mark&) = default;
};

struct RunOptions {
  std::filesystem::path output_dir = "trainer_output";  ///< the journal goes to output_dir/baton/<run id>
  std::string name{};                                   ///< shown by the trackers; empty: they choose
  std::string project{};                                ///< empty: each tracker's default
  std::vector<std::string> report_to{};                 ///< trackers to add at once, by the environment's options
  double flush_seconds = 30.0;                          ///< how long finish() waits for the trackers at most
  std::uint64_t outbox_bytes = 64ULL << 30;             ///< room for artifacts that trackers have not taken yet
  std::string continues{};                              ///< id of a run that this one is a new branch of
  std::shared_ptr<NoticeSink> notices{};                ///< null: lines on stderr
};

struct RunServices;

/// Everything goes to a journal on the disk; a thread for each tracker delivers it from there. No method but finish()
/// waits for a tracker, and none throws because of one. Nor does a full or read-only disk stop anything: what cannot be
/// written to the journal is lost, with a notice, and a second later it is tried again. Not thread-safe: one thread
/// logs.
class Run {
 public:
  /// A new run. Earlier runs of the output directory that were killed are closed as such in their trackers. Throws
  /// ConfigError for a name in report_to that cannot be used.
  explicit Run(RunOptions options);
  /// Goes on with the run of the mark, or begins a new one, with a notice, if its journal is not there any more. Throws
  /// Error also if another process writes to the run.
  Run(RunOptions options, const Mark& from);
  /// For tests: with other clocks, disks and no threads.
  Run(RunOptions options, const Mark* from, std::shared_ptr<RunServices> services);
  /// finish(), with kFailed while an exception is under way.
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  void add(std::unique_ptr<Tracker> tracker);

  /// Numbers, booleans and texts; other values are left out, with a notice a key.
  void log(const LogRecord& record, std::int64_t step);
  void predict(const Record& metrics, std::int64_t step);
  /// Hyper-parameters by group, "args" and "model_config" as a rule.
  void params(const Record& groups);
  void text(std::string_view key, std::string_view markdown, std::int64_t step);
  /// Counts `values` into 30 buckets of equal width; values that are no numbers are left out.
  void histogram(std::string_view key, std::span<const double> values, std::int64_t step);
  /// The bytes of a PNG file. Throws ConfigError if they are none.
  void image(std::string_view key, std::span<const std::byte> png, std::int64_t step);
  /// A file or folder, which may be deleted afterwards. `type`: model, checkpoint, file.
  void artifact(const std::filesystem::path& path, std::string_view type, std::int64_t step,
                const Record& metadata = {});
  /// A checkpoint was written, for the report.
  void checkpoint(const std::filesystem::path& path, std::int64_t step);
  /// Where the time went, in seconds, for the report.
  void times(const Record& seconds);

  /// Where the run stands, after waiting until the journal is on the disk.
  Mark mark(std::int64_t step);
  /// Ends the run and waits for the trackers, as long as the options say. Nothing happens if it has ended.
  void finish(RunStatus status = RunStatus::kFinished);

  const RunInfo& info() const;
  /// Whether a tracker wants artifacts; without one none are kept.
  bool takes_artifacts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace baton::track
