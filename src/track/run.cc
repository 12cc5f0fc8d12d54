#include "baton/track/run.h"

#include <unistd.h>

#include <exception>
#include <set>
#include <utility>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/base/host_name.h"
#include "src/track/abandoned.h"
#include "src/track/crew.h"
#include "src/track/histogram.h"
#include "src/track/journal/writer.h"
#include "src/track/metrics.h"
#include "src/track/outbox.h"
#include "src/track/png.h"
#include "src/track/registry.h"
#include "src/track/remark_board.h"
#include "src/track/resolve_trackers.h"
#include "src/track/run_folders.h"
#include "src/track/run_services.h"
#include "src/track/run_status.h"
#include "src/track/stderr_notices.h"
#include "src/track/tracker_note.h"

namespace baton::track {

namespace fs = std::filesystem;

namespace {

RunInfo new_run(const RunOptions& options, RunServices& services) {
  const std::int64_t now = services.wall->now_ns();
  const std::string id = new_run_id(now, services.random());
  return {.id = id,
          .name = options.name,
          .project = options.project,
          .output_dir = options.output_dir,
          .folder = run_folder(options.output_dir, id),
          .start_ns = now};
}

/// The run of the mark, if its journal is there.
std::optional<RunInfo> marked_run(const RunOptions& options, const Mark* from) {
  if (from == nullptr || from->run_id.empty()) return std::nullopt;
  std::optional<RunInfo> info = run_info(run_folder(options.output_dir, from->run_id));
  if (info) info->output_dir = options.output_dir;  // it may have been moved
  return info;
}

}  // namespace

class Run::Impl {
 public:
  Impl(RunOptions options, const Mark* from, std::shared_ptr<RunServices> services);
  ~Impl() { finish(std::uncaught_exceptions() > exceptions_ ? RunStatus::kFailed : RunStatus::kFinished); }

  void add(std::unique_ptr<Tracker> tracker);
  bool append(EntryKind kind, std::int64_t step, Record values);
  Record loggable(const Record& record);
  void artifact(const fs::path& path, EntryKind kind, std::int64_t step, Record values);
  void image(std::string_view key, std::span<const std::byte> png, std::int64_t step);
  Mark mark(std::int64_t step);
  void finish(RunStatus status);

  const RunInfo& info() const { return info_; }
  bool takes_artifacts() const { return crew_.takes_artifacts(); }

 private:
  void begin(const Mark* from, bool goes_on);
  void say_remarks();
  void say_late(const std::vector<std::string>& keys);

  RunOptions options_;
  std::shared_ptr<RunServices> services_;
  std::vector<const TrackerKind*> kinds_;
  const int exceptions_ = std::uncaught_exceptions();
  RunInfo info_;
  JournalWriter journal_;
  Outbox outbox_;
  RemarkBoard remarks_;
  Crew crew_{remarks_};
  std::vector<AbandonedRun> abandoned_;
  std::set<std::string> keys_;
  bool ended_ = false;
};

Run::Impl::Impl(RunOptions options, const Mark* from, std::shared_ptr<RunServices> services)
    : options_(std::move(options)),
      services_(std::move(services)),
      kinds_(resolve_replays(options_.report_to, *services_->environment)),
      info_(marked_run(options_, from).value_or(new_run(options_, *services_))),
      journal_(info_.folder, *services_->disk, *services_->wall),
      outbox_(info_.folder, options_.outbox_bytes) {
  if (!options_.notices) options_.notices = std::make_shared<StderrNotices>();
  info_.generation = journal_.generation();
  begin(from, journal_.generation() > 0);
  for (const TrackerKind* kind : kinds_) add(kind->standalone(info_, *services_->environment));
}

void Run::Impl::begin(const Mark* from, bool goes_on) {
  if (goes_on) {
    append(EntryKind::kRewind, from->step, {{"after", static_cast<std::int64_t>(from->sequence)}});
  } else {
    if (from != nullptr && !from->run_id.empty()) {
      remarks_.remark("run_not_found", "The journal of run " + from->run_id + " is not in " +
                                           options_.output_dir.string() + " any more; a new run begins");
    }
    abandoned_ = close_abandoned_runs(options_.output_dir, info_.id, remarks_, *services_);
  }
  Record values{{"run_id", info_.id},       {"name", info_.name},
                {"project", info_.project}, {"output_dir", options_.output_dir.string()},
                {"host", host_name()},      {"pid", std::int64_t{::getpid()}}};
  if (!options_.continues.empty()) values.set("continues", options_.continues);
  append(EntryKind::kBegin, goes_on ? from->step : 0, std::move(values));
  journal_.sync();  // no power failure makes the next process take this generation for its own
}

void Run::Impl::add(std::unique_ptr<Tracker> tracker) {
  std::string key = tracker->name();
  for (int number = 2; !keys_.insert(key).second; ++number) key = tracker->name() + "-" + std::to_string(number);
  crew_.add(make_worker(info_, std::move(tracker), std::move(key), remarks_, *services_));
}

/// Whether it could be written.
bool Run::Impl::append(EntryKind kind, std::int64_t step, Record values) {
  if (ended_) throw ConfigError("The run " + info_.id + " has ended: nothing can be logged to it any more");
  const bool is_written = journal_.append(kind, step, std::move(values));
  if (!is_written) {
    remarks_.remark("journal_failed", journal_.problem() + "; training goes on, records are lost meanwhile");
  }
  say_remarks();
  return is_written;
}

/// What trackers can show of a record.
Record Run::Impl::loggable(const Record& record) {
  Record kept;
  for (const auto& [key, value] : record) {
    if (scalar_of(value) || value.text() != nullptr) {
      kept.set(key, value);
    } else if (!value.is_null()) {
      remarks_.remark("not_loggable:" + key, "\"" + key + "\" is no number, boolean or text; trackers go without it");
    }
  }
  return kept;
}

void Run::Impl::artifact(const fs::path& path, EntryKind kind, std::int64_t step, Record values) {
  outbox_.release(crew_.settled());
  const std::optional<fs::path> place = outbox_.take(path, journal_.sequence() + 1);
  if (!place) {
    remarks_.remark("artifact_lost:" + path.string(),
                    "Trackers go without " + path.string() + ": " + outbox_.problem());
    return say_remarks();
  }
  values.set("path", place->string());
  if (!append(kind, step, std::move(values))) outbox_.drop(*place);
}

void Run::Impl::image(std::string_view key, std::span<const std::byte> png, std::int64_t step) {
  const PngSize size = png_size(png);
  const fs::path place = fs::path("images") / (std::to_string(journal_.sequence() + 1) + ".png");
  try {
    make_folders(*services_->disk, (info_.folder / place).parent_path());
    swap_file(*services_->disk, info_.folder / place, {reinterpret_cast<const char*>(png.data()), png.size()});
  } catch (const FileError& error) {
    remarks_.remark("image_lost:" + std::string(key),
                    "Trackers go without an image of \"" + std::string(key) + "\": " + error.what());
    return say_remarks();
  }
  append(EntryKind::kImage, step,
         {{"key", key}, {"file", place.string()}, {"width", size.width}, {"height", size.height}});
}

Mark Run::Impl::mark(std::int64_t step) {
  if (!journal_.sync()) {
    remarks_.remark("journal_failed", journal_.problem() + "; training goes on, records are lost meanwhile");
  }
  say_remarks();
  return {info_.id, journal_.sequence(), step};
}

void Run::Impl::finish(RunStatus status) {
  if (ended_) return;
  say_remarks();
  ended_ = true;  // the end is the last that a process writes: what is remarked from here on is said only
  journal_.append(EntryKind::kFinish, 0, {{"status", std::string(run_status_name(status))}});
  journal_.sync();
  if (journal_.lost() > 0) {
    remarks_.remark("journal_lost", std::to_string(journal_.lost()) + " records of run " + info_.id +
                                        " could not be written to its journal");
  }
  say_late(crew_.finish(options_.flush_seconds));
  outbox_.release(crew_.settled());
  crew_.stop();
  abandoned_.clear();
  say_remarks();
}

void Run::Impl::say_late(const std::vector<std::string>& keys) {
  std::string noted, unknown;
  for (const std::string& key : keys) {
    std::error_code absent;
    std::string& names = fs::exists(note_path(info_.folder, key), absent) ? noted : unknown;
    names.append(names.empty() ? "" : ", ").append(key);
  }
  const std::string folder = info_.output_dir.string();
  if (!noted.empty()) {
    remarks_.remark("tracker_late",
                    "Not everything has reached " + noted + ": \"baton sync " + folder + "\" delivers the rest");
  }
  if (!unknown.empty()) {  // the disk had no room for their notes
    remarks_.remark("tracker_unknown", "Not everything has reached " + unknown + ": \"baton backfill " + folder +
                                           " --report_to " + unknown + "\" delivers it");
  }
}

void Run::Impl::say_remarks() {
  for (const Notice& notice : remarks_.take()) {
    options_.notices->notice(notice);
    if (!ended_) journal_.append(EntryKind::kNotice, 0, {{"id", notice.id}, {"text", notice.text}});
  }
}

Run::Run(RunOptions options) : Run(std::move(options), nullptr, real_services()) {}
Run::Run(RunOptions options, const Mark& from) : Run(std::move(options), &from, real_services()) {}
Run::Run(RunOptions options, const Mark* from, std::shared_ptr<RunServices> services)
    : impl_(std::make_unique<Impl>(std::move(options), from, std::move(services))) {}
Run::~Run() = default;

void Run::add(std::unique_ptr<Tracker> tracker) { impl_->add(std::move(tracker)); }

void Run::log(const LogRecord& record, std::int64_t step) {
  impl_->append(EntryKind::kLog, step, impl_->loggable(record));
}

void Run::predict(const Record& metrics, std::int64_t step) {
  impl_->append(EntryKind::kPredict, step, impl_->loggable(metrics));
}

void Run::params(const Record& groups) { impl_->append(EntryKind::kParams, 0, groups); }

void Run::text(std::string_view key, std::string_view markdown, std::int64_t step) {
  impl_->append(EntryKind::kText, step, {{"key", key}, {"text", markdown}});
}

void Run::histogram(std::string_view key, std::span<const double> values, std::int64_t step) {
  Record histogram = histogram_of(values);
  histogram.set("key", key);
  impl_->append(EntryKind::kHistogram, step, std::move(histogram));
}

void Run::image(std::string_view key, std::span<const std::byte> png, std::int64_t step) {
  impl_->image(key, png, step);
}

void Run::artifact(const fs::path& path, std::string_view type, std::int64_t step, const Record& metadata) {
  if (!impl_->takes_artifacts()) return;
  impl_->artifact(path, EntryKind::kArtifact, step,
                  {{"name", path.filename().string()}, {"type", type}, {"metadata", metadata}});
}

void Run::checkpoint(const fs::path& path, std::int64_t step) {
  impl_->append(EntryKind::kCheckpoint, step, {{"path", path.string()}});
}

void Run::times(const Record& seconds) { impl_->append(EntryKind::kTimes, 0, seconds); }

Mark Run::mark(std::int64_t step) { return impl_->mark(step); }
void Run::finish(RunStatus status) { impl_->finish(status); }
const RunInfo& Run::info() const { return impl_->info(); }
bool Run::takes_artifacts() const { return impl_->takes_artifacts(); }

}  // namespace baton::track
