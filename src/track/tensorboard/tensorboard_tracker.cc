#include "src/track/tensorboard/tensorboard_tracker.h"
#include "src/base/host_name.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>
#include <vector>

#include "src/base/disk.h"
#include "src/base/files.h"
#include "src/base/json.h"
#include "src/track/metrics.h"
#include "src/track/tensorboard/event_encoder.h"
#include "src/track/tensorboard/event_files.h"
#include "src/track/tensorboard/record_file.h"
#include "src/track/text_in.h"

namespace baton::track {

namespace fs = std::filesystem;
using tensorboard::EventWriter;
using tensorboard::Moment;

namespace {

/// The file of a run is known by its end, also when a process was killed before it could remember the name.
std::string file_suffix(const RunInfo& run) { return "." + run.id; }

/// As in Nov23_01-02-03_box.
std::string default_name(std::int64_t start_ns, const std::string& host) {
  const std::time_t seconds = start_ns / 1'000'000'000;
  std::tm local{};
  localtime_r(&seconds, &local);
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return std::string(kMonths[local.tm_mon]) + two(local.tm_mday) + "_" + two(local.tm_hour) + "-" + two(local.tm_min) +
         "-" + two(local.tm_sec) + "_" + host;
}

Moment moment_of(const Entry& entry) { return {entry.time_ns, entry.step}; }

std::int64_t integer_in(const Record& record, std::string_view key) {
  const Value* value = record.find(key);
  return value && value->integer() ? *value->integer() : 0;
}

std::vector<double> numbers_in(const Record& record, std::string_view key) {
  std::vector<double> numbers;
  const Value* value = record.find(key);
  if (!value || !value->list()) return numbers;
  for (const Value& number : *value->list()) numbers.push_back(number.number());
  return numbers;
}

/// The text that the reference logs: the arguments in their order, a model's configuration sorted.
std::string params_text(const std::string& group, const Value& params) {
  if (group == "model_config") return json::dump_python(params) + "\n";
  return json::dump_python(params, 2, json::KeyOrder::kKept);
}

}  // namespace

TensorBoardTracker::TensorBoardTracker(TensorBoardSetup setup)
    : setup_(std::move(setup)), rebuilds_(!setup_.adopted && !setup_.append_only), writer_(setup_.adopted) {}

Record TensorBoardTracker::options() const {
  const fs::path folder = setup_.adopted ? setup_.adopted->folder() : setup_.logging_dir;
  const std::string absolute = folder.empty() ? "" : fs::absolute(folder).string();  // for a process started elsewhere
  return {{"logging_dir", absolute}, {"trial", setup_.trial}, {"append_only", !rebuilds_}};
}

RewindMeans TensorBoardTracker::rewind_means() const {
  return rebuilds_ ? RewindMeans::kRebuild : RewindMeans::kAppendOnly;
}

Status TensorBoardTracker::start(const RunInfo& run, Remarks& remarks, Record& memory) {
  run_ = &run;
  remarks_ = &remarks;
  if (writer_) return writer_->open();
  folder_ = folder_of(run, memory);
  return begin_file();
}

/// Remembered relative to the output folder, which may be moved as a whole.
fs::path TensorBoardTracker::folder_of(const RunInfo& run, Record& memory) const {
  std::string folder = text_in(memory, "folder");
  if (folder.empty()) {
    const std::string host = setup_.file.name.host.value_or(host_name());
    const fs::path parent = setup_.logging_dir.empty() ? fs::path("runs") / default_name(run.start_ns, host)
                                                       : fs::absolute(setup_.logging_dir);
    folder = (setup_.trial.empty() ? parent : parent / setup_.trial).string();
    memory.set("folder", folder);
  }
  return run.output_dir / folder;
}

/// The new file's name comes after those of the run's older ones, so that a TensorBoard which is open goes on to it.
Status TensorBoardTracker::begin_file() {
  stored_ = {};
  has_hparams_ = false;
  writer_.reset();
  tensorboard::EventWriterOptions file = setup_.file;
  file.name.suffix = file_suffix(*run_);
  for (const fs::path& old : tensorboard::event_files(folder_, file.name.suffix)) {
    file.name.not_before = std::max(file.name.not_before, tensorboard::event_file_seconds(old) + 1);
    if (!rebuilds_) continue;
    if (Status undone = undo_file(old); !undone.ok()) return undone;
  }
  writer_ = std::make_shared<EventWriter>(folder_, std::move(file));
  return writer_->open();
}

/// It becomes empty, and goes the next time: a TensorBoard that misses the file which it is reading goes on to no
/// other.
Status TensorBoardTracker::undo_file(const fs::path& file) const {
  Disk system;
  Disk& disk = setup_.file.disk ? *setup_.file.disk : system;
  std::error_code unknown;
  if (fs::file_size(file, unknown) == 0) {
    return disk.remove(file.c_str()) == 0 ? Status{} : tensorboard::file_fault("remove", file, errno);
  }
  const int descriptor = disk.create(file.c_str());
  if (descriptor < 0) return tensorboard::file_fault("empty", file, errno);
  disk.close(descriptor);
  return {};
}

std::optional<Position> TensorBoardTracker::stored() { return rebuilds_ ? std::optional(stored_) : std::nullopt; }

Delivery TensorBoardTracker::write(std::span<const Entry> entries) {
  const bool had_hparams = has_hparams_;
  std::string records;
  for (const Entry& entry : entries) encode(entry, records);
  Status status = writer_->write(records);
  if (!status.ok()) {
    has_hparams_ = had_hparams;
    return {0, std::move(status)};
  }
  if (!entries.empty()) stored_ = entries.back().position();
  return {entries.size()};
}

Status TensorBoardTracker::reset(const Entry&) { return rebuilds_ ? begin_file() : Status{}; }

Status TensorBoardTracker::finish(RunStatus status, std::int64_t time_ns) {
  if (!writer_) return {};
  if (has_hparams_) {
    std::string records;
    tensorboard::add_session_end(records, {.time_ns = time_ns}, status);
    if (Status written = writer_->write(records); !written.ok()) return written;
    has_hparams_ = false;
  }
  if (!setup_.adopted) writer_.reset();
  return {};
}

void TensorBoardTracker::encode(const Entry& entry, std::string& records) {
  switch (entry.kind) {
    case EntryKind::kLog:
      return encode_log(entry, records);
    case EntryKind::kParams:
      return encode_params(entry, records);
    case EntryKind::kText:
      return tensorboard::add_text(records, moment_of(entry), text_in(entry.values, "key"),
                                   text_in(entry.values, "text"));
    case EntryKind::kHistogram:
      return encode_histogram(entry, records);
    case EntryKind::kImage:
      return encode_image(entry, records);
    default:
      return;
  }
}

void TensorBoardTracker::encode_log(const Entry& entry, std::string& records) {
  std::vector<tensorboard::Scalar> scalars;
  for (const auto& [key, value] : entry.values) {
    if (const auto number = scalar_of(value)) scalars.push_back({prefixed_key(key), *number});
  }
  if (!scalars.empty()) tensorboard::add_scalars(records, moment_of(entry), scalars);
  for (const auto& [key, value] : entry.values) {
    if (scalar_of(value)) continue;
    if (const std::string* text = value.text()) {
      tensorboard::add_text(records, moment_of(entry), prefixed_key(key), *text);
    } else {
      remarks_->remark("tensorboard_value:" + key, "TensorBoard shows numbers and texts; \"" + key +
                                                       "\" is neither and is left out: " + json::dump(value));
    }
  }
}

void TensorBoardTracker::encode_params(const Entry& entry, std::string& records) {
  Record hparams;
  for (const auto& [group, params] : entry.values) {
    tensorboard::add_text(records, moment_of(entry), group, params_text(group, params));
    if (params.record() && group != "model_config") hparams.merge(*params.record());
  }
  if (hparams.empty() || std::exchange(has_hparams_, true)) return;
  tensorboard::add_session_start(records, {.time_ns = run_->start_ns}, hparams);
}

void TensorBoardTracker::encode_histogram(const Entry& entry, std::string& records) {
  const std::vector<double> edges = numbers_in(entry.values, "edges");
  const std::vector<double> counts = numbers_in(entry.values, "counts");
  const std::string key = text_in(entry.values, "key");
  if (edges.size() == counts.size() + 1)
    return tensorboard::add_histogram(records, moment_of(entry), key, {edges, counts});
  remarks_->remark("tensorboard_value:" + key, "TensorBoard goes without the histogram \"" + key + "\": it has " +
                                                   std::to_string(edges.size()) + " edges and " +
                                                   std::to_string(counts.size()) + " counts");
}

void TensorBoardTracker::encode_image(const Entry& entry, std::string& records) {
  const std::string key = text_in(entry.values, "key");
  try {
    const std::string png = read_file(run_->folder / text_in(entry.values, "file"));
    tensorboard::add_image(
        records, moment_of(entry), key,
        {.width = integer_in(entry.values, "width"), .height = integer_in(entry.values, "height"), .png = png});
  } catch (const FileError& error) {
    remarks_->remark("tensorboard_value:" + key,
                     "TensorBoard goes without the image \"" + key + "\": " + std::string(error.what()));
  }
}

std::unique_ptr<Tracker> make_tensorboard(const Record& options, const Environment&) {
  const Value* append_only = options.find("append_only");
  return std::make_unique<TensorBoardTracker>(
      TensorBoardSetup{.logging_dir = text_in(options, "logging_dir"),
                       .trial = text_in(options, "trial"),
                       .append_only = append_only && append_only->boolean() && *append_only->boolean()});
}

}  // namespace baton::track
