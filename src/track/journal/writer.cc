#include "src/track/journal/writer.h"

#include <cerrno>
#include <utility>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/track/journal/format.h"
#include "src/track/journal/reader.h"
#include "src/track/journal/segments.h"

namespace baton::track {
namespace {

constexpr std::uint64_t kSegmentBytes = std::uint64_t{256} << 20;
constexpr std::int64_t kRetryNs = 1'000'000'000;

/// What no reader can do without: whose journal it is, what counts of it, how it ended.
bool is_indispensable(EntryKind kind) {
  return kind == EntryKind::kBegin || kind == EntryKind::kParams || kind == EntryKind::kRewind ||
         kind == EntryKind::kFinish;
}

}  // namespace

JournalWriter::JournalWriter(std::filesystem::path folder, Disk& disk, Clock& wall)
    : folder_(std::move(folder)), disk_(disk), wall_(wall) {
  if (const std::optional<Entry> last = last_entry(folder_)) {
    generation_ = last->generation + 1;
    sequence_ = before_ = last->sequence;
  }
  try {
    lock();
    open_segment();
  } catch (const FileError& error) {
    give_up(error.what());
  }
}

JournalWriter::~JournalWriter() { close_segment(); }

/// Others may have gone on with the run before the lock could be had.
void JournalWriter::lock() {
  make_folders(disk_, folder_);
  const std::filesystem::path file = journal::lock_path(folder_);
  std::optional<FileLock> lock = FileLock::try_lock(file);
  const std::optional<Entry> last = lock ? last_entry(folder_) : std::nullopt;
  if (!lock || (last ? last->sequence : 0) != before_) {
    throw Error("The run in " + folder_.string() + " is being written by " +
                (lock ? "another process" : FileLock::holder(file)) + ": stop it first, or choose another output_dir");
  }
  lock_ = std::move(lock);
  if (const auto numbers = journal::segment_numbers(folder_); !numbers.empty()) segment_ = numbers.back();
}

bool JournalWriter::append(EntryKind kind, std::int64_t step, Record values) {
  const std::int64_t now = wall_.now_ns();
  ++sequence_;
  record_.clear();
  journal::append_record(record_, {kind, generation_, sequence_, now, step, std::move(values)});
  if (record_.size() > journal::kMaxRecordBytes) {
    problem_ = "A record of " + std::to_string(record_.size()) + " bytes is too large for the journal";
    ++lost_;
    return false;
  }
  const bool is_due = is_indispensable(kind) || now - failed_ns_ >= kRetryNs;
  if ((descriptor_ >= 0 || (is_due && open_again())) && write_record()) return true;
  if (is_indispensable(kind)) {
    kept_.push_back(record_);
  } else {
    ++lost_;
  }
  return false;
}

bool JournalWriter::open_again() {
  try {
    if (!lock_) lock();
  } catch (const Error& error) {
    return give_up(error.what());
  }
  if (!open_segment()) return false;
  for (; !kept_.empty(); kept_.erase(kept_.begin())) {
    if (!write(kept_.front())) return false;
  }
  return true;
}

bool JournalWriter::write_record() {
  if (segment_bytes_ > 0 && segment_bytes_ + record_.size() > kSegmentBytes) {
    if (!sync()) return false;
    close_segment();
    if (!open_segment()) return false;
  }
  return write(record_);
}

bool JournalWriter::write(std::string_view rest) {
  while (!rest.empty()) {  // more than once after a signal only
    const ssize_t written = disk_.write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail("write to");  // a torn record is nothing to readers; what follows goes elsewhere
    rest.remove_prefix(static_cast<std::size_t>(written));
    segment_bytes_ += static_cast<std::uint64_t>(written);
  }
  return true;
}

bool JournalWriter::sync() {
  if (descriptor_ < 0) return false;
  return disk_.fsync(descriptor_) == 0 || fail("sync");
}

bool JournalWriter::open_segment() {
  const std::filesystem::path file = journal::segment_path(folder_, segment_ + 1);
  descriptor_ = disk_.create(file.c_str());
  ++segment_;
  segment_bytes_ = 0;
  if (descriptor_ < 0) return fail("create");
  try {
    sync_path(disk_, folder_);
  } catch (const FileError&) {  // the name may be lost with the machine's power; the next sync says so
  }
  return true;
}

bool JournalWriter::fail(const std::string& doing) {
  return give_up(FileError(doing, journal::segment_path(folder_, segment_), errno).what());
}

bool JournalWriter::give_up(std::string why) {
  problem_ = std::move(why);
  failed_ns_ = wall_.now_ns();
  const bool is_empty = descriptor_ >= 0 && segment_bytes_ == 0;  // of which a full disk would collect one a second
  close_segment();
  if (is_empty) disk_.remove(journal::segment_path(folder_, segment_).c_str());
  return false;
}

void JournalWriter::close_segment() {
  if (descriptor_ >= 0) disk_.close(descriptor_);
  descriptor_ = -1;
}

}  // namespace baton::track
