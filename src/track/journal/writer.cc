#include "src/track/journal/writer.h"

#include <cerrno>
#include <cstring>
#include <string_view>
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

FileLock lock(Disk& disk, const std::filesystem::path& folder) {
  make_folders(disk, folder);
  const std::filesystem::path file = journal::lock_path(folder);
  if (std::optional<FileLock> held = FileLock::try_lock(file)) return std::move(*held);
  throw Error("The run in " + folder.string() + " is being written by " + FileLock::holder(file) +
              ": stop it first, or choose another output_dir");
}

}  // namespace

JournalWriter::JournalWriter(std::filesystem::path folder, Disk& disk, Clock& wall)
    : folder_(std::move(folder)), disk_(disk), wall_(wall), lock_(lock(disk, folder_)) {
  if (const std::optional<Entry> last = last_entry(folder_)) {
    sequence_ = last->sequence;
    generation_ = last->generation + 1;
  }
  if (const auto numbers = journal::segment_numbers(folder_); !numbers.empty()) segment_ = numbers.back();
  if (!open_segment()) throw Error(problem_);
}

JournalWriter::~JournalWriter() { close_segment(); }

bool JournalWriter::append(EntryKind kind, std::int64_t step, Record values) {
  const std::int64_t now = wall_.now_ns();
  ++sequence_;
  record_.clear();
  journal::append_record(record_, {kind, generation_, sequence_, now, step, std::move(values)});
  if (descriptor_ < 0 && now - failed_ns_ >= kRetryNs) open_segment();
  if (descriptor_ >= 0 && write_record()) return true;
  ++lost_;
  return false;
}

bool JournalWriter::write_record() {
  if (record_.size() > journal::kMaxRecordBytes) {
    problem_ = "A record of " + std::to_string(record_.size()) + " bytes is too large for the journal";
    return false;
  }
  if (segment_bytes_ > 0 && segment_bytes_ + record_.size() > kSegmentBytes) {
    if (!sync()) return false;
    close_segment();
    if (!open_segment()) return false;
  }
  for (std::string_view rest = record_; !rest.empty();) {  // more than once after a signal only
    const ssize_t written = disk_.write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail("write to");  // a torn record is nothing to readers; what follows goes elsewhere
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  segment_bytes_ += record_.size();
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
  const int error = errno;
  problem_ = "Cannot " + doing + " " + journal::segment_path(folder_, segment_).string() + ": " + std::strerror(error);
  failed_ns_ = wall_.now_ns();
  close_segment();
  return false;
}

void JournalWriter::close_segment() {
  if (descriptor_ >= 0) disk_.close(descriptor_);
  descriptor_ = -1;
}

}  // namespace baton::track
