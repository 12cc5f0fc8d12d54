#include "src/track/worker.h"

#include <algorithm>
#include <exception>
#include <tuple>
#include <utility>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/track/retry_delay.h"
#include "src/track/run_status.h"

namespace baton::track {
namespace {

constexpr std::size_t kBatch = 1000;

Position before(const Entry& entry) { return {entry.generation, entry.sequence - 1}; }

}  // namespace

Worker::Worker(Parts parts) : parts_(std::move(parts)), takes_artifacts_(parts_.tracker->takes_artifacts()) {}
Worker::~Worker() = default;

void Worker::introduce() {
  try {
    std::ignore = open_note();
  } catch (const std::exception&) {  // step() comes across it again
  }
}

Progress Worker::step(std::int64_t now_ns) {
  if (stopped_) return {Standing::kStopped};
  if (now_ns < next_ns_) return {Standing::kWaiting, next_ns_};
  try {
    return do_step(now_ns);
  } catch (const std::exception& error) {
    return stop(error.what());
  } catch (...) {
    return stop("an exception of an unknown type");
  }
}

void Worker::cancel() {
  cancelled_ = true;
  parts_.tracker->cancel();
}

Progress Worker::do_step(std::int64_t now_ns) {
  // A journal that could not be begun as yet, on a full disk for example.
  if (!started_ && !JournalReader(parts_.run.folder).next()) return {Standing::kIdle};
  Status status;
  if (!started_) {
    status = start();
    started_ = status.ok();
  } else if (!batch_.empty()) {
    status = deliver();
  } else if (finishing_) {
    status = finish_run();
  } else if (!fill_batch()) {
    if (flushed_) return {note_.finished ? Standing::kDone : Standing::kIdle};
    status = parts_.tracker->flush();
    flushed_ = status.ok();
  }
  if (!status.ok()) return answer(status, now_ns);
  failures_ = 0;
  return {Standing::kBehind};
}

Status Worker::start() {
  if (Status status = open_note(); !status.ok()) return status;
  if (outline_.last_sequence == 0) outline_ = outline_of(parts_.run.folder);
  // A run that went on after the end that the sink knows is open again.
  if (!outline_.finish || outline_.finish->position() > note_.position) note_.finished = false;
  if (!note_.finished) {
    if (Status status = parts_.tracker->start(parts_.run, parts_.remarks, note_.memory); !status.ok()) return status;
    save_note();
    if (Status status = find_position(); !status.ok()) return status;
    if (Status status = catch_up_with_lost_end(); !status.ok()) return status;
    if (Status status = catch_up_with_rewinds(); !status.ok()) return status;
    save_note();
  }
  delivered_ = note_.position.sequence;
  read_ = note_.position;
  reader_ = std::make_unique<JournalReader>(parts_.run.folder);
  return {};
}

/// What earlier processes left behind about the tracker.
Status Worker::open_note() {
  if (lock_) return {};
  const std::filesystem::path file = note_path(parts_.run.folder, parts_.key);
  try {
    make_folders(parts_.disk, file.parent_path());
    std::filesystem::path lock_file = file;
    lock_file.replace_extension(".lock");
    std::optional<FileLock> lock = FileLock::try_lock(lock_file);
    if (!lock) return Status::temporary(FileLock::holder(lock_file) + " is delivering this run to it");
    note_ = note_or_anew(file);
    lock_ = std::move(lock);
  } catch (const FileError& error) {
    return Status::temporary(error.what());
  }
  note_.tracker = parts_.tracker->name();
  note_.options = parts_.tracker->options();
  save_note();  // by which a later process knows of the tracker, however this one fares
  return {};
}

/// A damaged note is no matter to a sink that can be written anew. Throws FileError, and Error for one that cannot.
TrackerNote Worker::note_or_anew(const std::filesystem::path& file) {
  try {
    return read_note(file).value_or(TrackerNote{});
  } catch (const FileError&) {
    throw;
  } catch (const Error& damage) {
    if (!rebuilds()) {
      throw Error(std::string(damage.what()) +
                  "; it told what was delivered: remove it to have everything delivered again, maybe twice");
    }
    const std::filesystem::path aside = file.string() + ".damaged";
    rename_path(parts_.disk, file, aside);
    parts_.remarks.remark("note_damaged:" + parts_.key, std::string(damage.what()) + "; it is now " + aside.string() +
                                                            ", and " + parts_.key + " is written anew");
    is_anew_ = true;
    return {};
  }
}

Status Worker::find_position() {
  if (const std::optional<Position> stored = parts_.tracker->stored()) {
    note_.position = *stored;
  } else if (is_anew_) {
    return reset_sink();
  }
  return {};
}

/// A power failure may have taken the end of the journal, which the sink has.
Status Worker::catch_up_with_lost_end() {
  note_.attempted.sequence = std::min(note_.attempted.sequence, outline_.end_of(note_.attempted.generation));
  const std::uint64_t end = outline_.end_of(note_.position.generation);
  if (note_.position.sequence <= end) return {};
  parts_.remarks.remark("journal_lost_end:" + parts_.key,
                        "The journal has lost its last " + std::to_string(note_.position.sequence - end) +
                            " records, as in a power failure; " + parts_.key + " had them" +
                            (rebuilds() ? " and is written anew" : " and may show some steps twice"));
  if (rebuilds()) return reset_sink();
  note_.position.sequence = end;
  return {};
}

/// Resumes that the sink does not know of yet.
Status Worker::catch_up_with_rewinds() {
  const std::uint64_t stored = note_.position.sequence;
  const std::uint64_t held = rebuilds() ? stored : std::max(stored, note_.attempted.sequence);
  for (const Rewind& rewind : outline_.rewinds.all()) {
    if (rewind.sequence > held && held > 0) note_.undone.push_back({rewind.sequence, held});
  }
  filter_ = ReplayFilter();
  if (note_.undone.empty()) return {};
  bool is_wrong = false;
  for_each_entry(parts_.run.folder, [&](const Entry& entry) {
    if (entry.sequence > held) return;
    const bool was_given = was_given_in_vain(entry);
    is_wrong |= was_given;
    if (entry.sequence > stored) return;  // fill_batch() comes to it
    if (!rebuilds()) filter_.wants(entry);
    if (was_given) filter_.hold(entry);
  });
  filter_.start_counting();
  const bool has_news = note_.undone.back().held == held;
  return is_wrong && has_news ? reset_sink() : Status{};
}

/// Whether a resume undid what the sink has, or may have.
bool Worker::was_given_in_vain(const Entry& entry) const {
  const Rewind* rewind = outline_.rewinds.undone_by(entry);
  if (rewind == nullptr) return false;
  const auto at = std::find_if(note_.undone.begin(), note_.undone.end(),
                               [&](const Undone& one) { return one.rewind == rewind->sequence; });
  return at != note_.undone.end() && entry.sequence <= at->held;
}

bool Worker::rebuilds() const { return parts_.tracker->rewind_means() == RewindMeans::kRebuild; }

Status Worker::reset_sink() {
  const std::vector<Rewind>& rewinds = outline_.rewinds.all();
  const std::int64_t step = rewinds.empty() ? 0 : rewinds.back().step;
  const Entry rewind{EntryKind::kRewind, parts_.run.generation, 0, 0, step, {}};
  if (Status status = parts_.tracker->reset(rewind); !status.ok() || !rebuilds()) return status;
  filter_ = ReplayFilter();
  note_.position = {};
  note_.undone.clear();
  return {};
}

/// Reads on in the journal. False if there is nothing to do.
bool Worker::fill_batch() {
  const Position had_read = read_;
  while (batch_.size() < kBatch && !finishing_) {
    std::optional<Entry> entry = reader_->next();
    if (!entry) break;
    if (entry->sequence <= note_.position.sequence) continue;
    read_ = entry->position();
    const EntryKind kind = entry->kind;
    if (kind == EntryKind::kFinish) {
      const bool is_the_end =
          entry->sequence > outline_.last_sequence || (outline_.finish && outline_.finish->sequence == entry->sequence);
      if (is_the_end) finishing_ = std::move(entry);
    } else if (is_for_tracker(*entry)) {
      batch_.push_back(std::move(*entry));
    }
  }
  if (batch_.empty() && !finishing_) {
    note_.position = read_;
    delivered_ = read_.sequence;
  }
  return read_ > had_read;
}

/// What may have arrived is sent again, to be the same, before what a resume puts in its place.
bool Worker::is_for_tracker(const Entry& entry) {
  if (entry.kind == EntryKind::kBegin || entry.kind == EntryKind::kRewind) return false;
  const bool was_given = was_given_in_vain(entry);
  if (!was_given && outline_.rewinds.undone(entry)) return false;
  const bool is_wanted = filter_.wants(entry);
  if (was_given) filter_.hold(entry);
  return is_wanted && (entry.kind != EntryKind::kArtifact || takes_artifacts_);
}

Status Worker::deliver() {
  if (!rebuilds() && batch_.back().position() > note_.attempted) {
    note_.attempted = batch_.back().position();
    save_note();
  }
  const Delivery delivery = parts_.tracker->write(batch_);
  const std::size_t stored = std::min(delivery.stored, batch_.size());
  if (stored > 0) {
    note_.position = batch_[stored - 1].position();
    batch_.erase(batch_.begin(), batch_.begin() + static_cast<std::ptrdiff_t>(stored));
    flushed_ = false;
  }
  if (delivery.status.fault == Fault::kRefused && !batch_.empty()) skip_refused(delivery.status.reason);
  if (batch_.empty()) note_.position = finishing_ ? before(*finishing_) : read_;
  save_progress();
  return delivery.status.fault == Fault::kRefused ? Status{} : delivery.status;
}

void Worker::skip_refused(const std::string& reason) {
  const Entry& refused = batch_.front();
  parts_.remarks.remark("tracker_refused:" + parts_.key,
                        parts_.key + " refused " + std::string(entry_name(refused.kind)) + " of step " +
                            std::to_string(refused.step) + ", which it goes without: " + reason);
  ++note_.refused;
  note_.position = refused.position();
  batch_.erase(batch_.begin());
}

Status Worker::finish_run() {
  if (Status status = parts_.tracker->flush(); !status.ok()) return status;
  const Value* status_text = finishing_->values.find("status");
  const RunStatus ended = run_status(status_text && status_text->text() ? *status_text->text() : "");
  if (Status status = parts_.tracker->finish(ended, finishing_->time_ns); !status.ok()) return status;
  if (const std::int64_t differing = filter_.differing(); differing > 0) {
    parts_.remarks.remark("tracker_differs:" + parts_.key,
                          parts_.key + " keeps " + std::to_string(differing) +
                              " records of before the resume that differ from those that now count");
  }
  flushed_ = true;
  note_.finished = true;
  note_.position = finishing_->position();
  finishing_.reset();
  save_progress();
  return {};
}

/// If the sink is well, and only what is remembered about it is not, a person should know.
void Worker::save_progress() {
  const bool has_more = note_.position.sequence > delivered_;
  const std::string problem = save_note();
  if (problem.empty() || !has_more) return;
  parts_.remarks.remark("note_not_written:" + parts_.key,
                        parts_.key + ": how far it has come cannot be noted: " + problem);
}

/// Why it could not be saved. The next one may be; if the process dies before it, some is delivered again.
std::string Worker::save_note() {
  delivered_ = note_.position.sequence;
  try {
    write_note(parts_.disk, note_path(parts_.run.folder, parts_.key), note_);
  } catch (const FileError& error) {
    return error.what();
  }
  // A sink that is built again after a resume may need the files once more.
  if (note_.finished || !rebuilds()) settled_ = note_.position.sequence;
  return {};
}

Progress Worker::answer(const Status& status, std::int64_t now_ns) {
  if (status.fault != Fault::kTemporary) return stop(status.reason);
  if (cancelled_) return {Standing::kWaiting, now_ns};  // by us: no fault of the sink
  ++failures_;
  parts_.remarks.remark("tracker_down:" + parts_.key, parts_.key + ": " + status.reason +
                                                          "; it is tried again, and what is missing stays in " +
                                                          parts_.run.folder.string());
  const auto delay = std::chrono::nanoseconds(retry_delay(failures_, parts_.random(), status.retry_after));
  next_ns_ = now_ns + delay.count();
  return {Standing::kWaiting, next_ns_};
}

Progress Worker::stop(const std::string& why) {
  stopped_ = true;
  parts_.remarks.remark("tracker_stopped:" + parts_.key, parts_.key + " gets nothing more from this process: " + why);
  return {Standing::kStopped};
}

}  // namespace baton::track
