// A segment of a journal: alone, and between records that must be found whatever the bytes are, with a second segment
// behind it.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>

#include "src/track/journal/format.h"
#include "src/track/journal/reader.h"
#include "src/track/journal/segments.h"

namespace {

namespace fs = std::filesystem;
using namespace baton::track;

constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();

void scan_all(std::string_view bytes) {
  while (true) {
    const journal::Scan found = journal::scan(bytes);
    if (found.size > bytes.size()) __builtin_trap();
    if ((found.what == journal::Scan::What::kIncomplete) != (found.size == 0)) __builtin_trap();
    if (found.size == 0) return;
    bytes.remove_prefix(found.size);
  }
}

std::string record(std::uint64_t sequence) {
  std::string bytes;
  journal::append_record(bytes, {.sequence = sequence, .values = {{"loss", 0.5}}});
  return bytes;
}

void write_segment(const fs::path& folder, std::uint64_t number, const std::string& bytes) {
  std::ofstream(journal::segment_path(folder, number), std::ios::binary) << bytes;
}

struct Folder {
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  const fs::path path = fs::temp_directory_path() / ("fuzz_journal-" + std::to_string(::getpid()));
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  scan_all(input);
  static const Folder folder;
  write_segment(folder.path, 1, record(1) + input + record(kLast - 1));
  write_segment(folder.path, 2, record(kLast));
  const bool may_hold_the_last = input.find(std::string(8, '\xFF')) != input.npos;  // then ours are repetitions
  JournalReader reader(folder.path);
  std::uint64_t sequence = 0;
  while (const std::optional<Entry> entry = reader.next()) {
    if (entry->sequence <= sequence || (sequence == 0 && entry->sequence != 1)) __builtin_trap();
    if (entry->sequence == kLast && sequence != kLast - 1 && !may_hold_the_last) __builtin_trap();
    sequence = entry->sequence;
  }
  if (sequence != kLast) __builtin_trap();
  return 0;
}
