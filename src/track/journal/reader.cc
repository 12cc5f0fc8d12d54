#include "src/track/journal/reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

#include "src/track/journal/format.h"
#include "src/track/journal/segments.h"

namespace baton::track {

namespace {

constexpr std::size_t kBlock = std::size_t{64} << 10;
constexpr std::size_t kTail = std::size_t{4} << 10;  ///< the end of a run and what was logged last fit into it

std::optional<Entry> last_in(std::string_view bytes) {
  std::optional<Entry> last;
  while (true) {
    journal::Scan found = journal::scan(bytes);
    if (found.what == journal::Scan::What::kIncomplete) return last;
    if (found.what == journal::Scan::What::kEntry) last = std::move(found.entry);
    bytes.remove_prefix(found.size);
  }
}

/// Looks at ever more of the segment's end until there is a whole entry in it.
std::optional<Entry> last_of_segment(const std::filesystem::path& segment) {
  std::ifstream file(segment, std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(file.tellg(), 0));
  std::string bytes;
  for (std::size_t tail = std::min(kTail, size); tail > 0; tail = std::min(4 * tail, size)) {
    bytes.resize(tail);
    file.seekg(-static_cast<std::streamoff>(tail), std::ios::end);
    if (!file.read(bytes.data(), static_cast<std::streamsize>(tail))) return std::nullopt;
    std::optional<Entry> last = last_in(bytes);
    if (last || tail == size) return last;
  }
  return std::nullopt;
}

}  // namespace

JournalReader::JournalReader(std::filesystem::path folder) : folder_(std::move(folder)) {}

JournalReader::~JournalReader() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<Entry> JournalReader::next() {
  while (true) {
    const journal::Scan found = journal::scan(std::string_view(buffer_).substr(begin_));
    begin_ += found.size;
    if (found.what == journal::Scan::What::kDamage) {
      damaged_bytes_ += found.size;
    } else if (found.what == journal::Scan::What::kEntry) {
      if (found.entry.sequence <= sequence_) continue;  // a segment that somebody copied
      missing_ += found.entry.sequence - sequence_ - 1;
      sequence_ = found.entry.sequence;
      return found.entry;
    } else if (!fill() && !open_next_segment()) {
      return std::nullopt;
    }
  }
}

/// Reads on in the segment. False if there is no more as yet.
bool JournalReader::fill() {
  if (descriptor_ < 0) return false;
  offset_ += begin_;
  buffer_.erase(0, begin_);
  begin_ = 0;
  const std::size_t had = buffer_.size();
  buffer_.resize(had + kBlock);
  const ssize_t got = ::read(descriptor_, buffer_.data() + had, kBlock);
  buffer_.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return got > 0;
}

bool JournalReader::open_next_segment() {
  const std::vector<std::uint64_t> numbers = journal::segment_numbers(folder_);
  const auto next = std::upper_bound(numbers.begin(), numbers.end(), segment_);
  if (next == numbers.end()) return false;
  if (descriptor_ >= 0) {
    if (fill()) return true;        // written between the last look and the segment after it
    if (begin_ < buffer_.size()) {  // torn: go on behind the begin of what is no record
      const std::size_t magic = buffer_.find("BTJ1", begin_ + 1);
      const std::size_t end = std::min(magic, buffer_.size());
      damaged_bytes_ += end - begin_;
      begin_ = end;
      if (begin_ < buffer_.size()) return true;
    }
    ::close(descriptor_);
  }
  buffer_.clear();
  begin_ = 0;
  offset_ = 0;
  segment_ = *next;
  descriptor_ = ::open(journal::segment_path(folder_, segment_).c_str(), O_RDONLY | O_CLOEXEC);
  return true;
}

void for_each_entry(const std::filesystem::path& folder, const std::function<void(const Entry&)>& take) {
  const std::vector<std::uint64_t> numbers = journal::segment_numbers(folder);
  if (numbers.empty()) return;
  std::error_code absent;
  const std::uintmax_t size = std::filesystem::file_size(journal::segment_path(folder, numbers.back()), absent);
  const JournalReader::Position end{numbers.back(), absent ? 0 : size};
  JournalReader reader(folder);
  while (const std::optional<Entry> entry = reader.next()) {
    take(*entry);
    if (reader.position() >= end) return;
  }
}

std::optional<Entry> last_entry(const std::filesystem::path& folder) {
  const std::vector<std::uint64_t> numbers = journal::segment_numbers(folder);
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    if (std::optional<Entry> last = last_of_segment(journal::segment_path(folder, *number))) return last;
  }
  return std::nullopt;
}

}  // namespace baton::track
