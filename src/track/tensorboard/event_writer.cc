#include "baton/track/event_writer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include "src/base/disk.h"
#include "src/track/tensorboard/event_encoder.h"
#include "src/track/tensorboard/event_files.h"
#include "src/track/tensorboard/record_file.h"

namespace baton::tensorboard {

namespace fs = std::filesystem;
using track::Status;

namespace {

constexpr std::size_t kGathered = 64UL << 10U;
constexpr std::size_t kMostWaiting = 16UL << 20U;

std::int64_t system_now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

bool is_empty(const fs::path& file) {
  std::error_code unknown;
  return fs::file_size(file, unknown) == 0;
}

}  // namespace

class EventWriter::Parts {
 public:
  Parts(fs::path folder, EventWriterOptions options)
      : folder_(std::move(folder)),
        options_(std::move(options)),
        disk_(options_.disk ? options_.disk : std::make_shared<Disk>()),
        file_(*disk_) {
    if (!options_.now_ns) options_.now_ns = system_now_ns;
  }

  /// `append` appends a record to a text, given the time.
  template <class Append>
  void add(const Append& append) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() > kMostWaiting) {
      ++dropped_;
      return;
    }
    append(waiting_, options_.now_ns());
    if (waiting_.size() >= next_try_) (void)write_waiting();
  }

  Status open() {
    const std::lock_guard lock(mutex_);
    Status created = create();
    return created.ok() ? write_waiting() : created;
  }

  Status flush() {
    const std::lock_guard lock(mutex_);
    Status written = write_waiting();
    if (!written.ok() || dropped_ == 0) return written;
    return Status::refused(std::to_string(std::exchange(dropped_, 0)) + " records were dropped while " +
                           file_.path().string() + " could not be written");
  }

  Status write(std::string_view records) {
    const std::lock_guard lock(mutex_);
    Status before = create();
    if (before.ok()) before = write_waiting();
    return before.ok() ? file_.append(records) : before;
  }

  const fs::path& folder() const { return folder_; }
  fs::path path() {
    const std::lock_guard lock(mutex_);
    return file_.is_open() ? file_.path() : fs::path();
  }

 private:
  Status create() {
    if (file_.is_open()) return {};
    const std::vector<fs::path> others = event_files(folder_);
    const bool is_first = std::all_of(others.begin(), others.end(), is_empty);
    const std::int64_t now = options_.now_ns();
    Status created = file_.create(folder_ / event_file_stem(options_.name, now), options_.name.suffix);
    if (!created.ok()) return created;
    std::string head;
    add_file_version(head, now);
    // Readers ignore the first such mark of a folder. A later one, without being asked for, would undo older files.
    if (is_first || options_.first_step) add_restart(head, {now, options_.first_step.value_or(0)});
    waiting_.insert(0, head);
    return {};
  }

  Status write_waiting() {
    if (waiting_.empty()) return {};
    Status written = create();
    if (written.ok()) written = file_.append(waiting_);
    if (written.ok()) waiting_.clear();
    next_try_ = std::max(kGathered, 2 * waiting_.size());
    return written;
  }

  const fs::path folder_;
  EventWriterOptions options_;
  const std::shared_ptr<Disk> disk_;
  std::mutex mutex_;
  RecordFile file_;
  std::string waiting_;
  std::size_t next_try_ = kGathered;
  std::int64_t dropped_ = 0;
};

EventWriter::EventWriter(fs::path folder, EventWriterOptions options)
    : parts_(std::make_unique<Parts>(std::move(folder), std::move(options))) {}
EventWriter::~EventWriter() { (void)flush(); }

void EventWriter::add_scalar(std::string_view tag, double value, std::int64_t step) {
  const std::array scalar = {Scalar{std::string(tag), value}};
  parts_->add([&](std::string& records, std::int64_t now) { add_scalars(records, {now, step}, scalar); });
}

void EventWriter::add_text(std::string_view tag, std::string_view text, std::int64_t step) {
  parts_->add([&](std::string& records, std::int64_t now) { tensorboard::add_text(records, {now, step}, tag, text); });
}

void EventWriter::add_histogram(std::string_view tag, const Histogram& histogram, std::int64_t step) {
  parts_->add([&](std::string& records, std::int64_t now) {
    tensorboard::add_histogram(records, {now, step}, tag, histogram);
  });
}

void EventWriter::add_image(std::string_view tag, const Image& image, std::int64_t step) {
  parts_->add([&](std::string& records, std::int64_t now) {
    tensorboard::add_image(records, {now, step}, tag, image);
  });
}

void EventWriter::add_hparams(const Record& hparams) {
  parts_->add([&](std::string& records, std::int64_t now) { add_session_start(records, {now}, hparams); });
}

void EventWriter::add_end(RunStatus status) {
  parts_->add([&](std::string& records, std::int64_t now) { add_session_end(records, {now}, status); });
}

Status EventWriter::write(std::string_view records) { return parts_->write(records); }
Status EventWriter::open() { return parts_->open(); }
Status EventWriter::flush() { return parts_->flush(); }
const fs::path& EventWriter::folder() const { return parts_->folder(); }
fs::path EventWriter::path() const { return parts_->path(); }

}  // namespace baton::tensorboard
