#include <algorithm>
#include <limits>

#include "baton/core/errors.h"
#include "src/base/crc32.h"
#include "src/formats/deflated.h"
#include "src/formats/stored_zip.h"
#include "src/formats/zip_layout.h"

namespace baton::zip {
namespace {

/// Reads little-endian numbers; its members exist to share `where_` with the messages.
class Parser {
 public:
  Parser(std::span<const std::byte> file, const std::string& where) : file_(file), where_(where) {}

  std::vector<Entry> entries() const {
    const Directory directory = find_directory();
    std::vector<Entry> entries;
    std::uint64_t at = directory.begin;
    std::uint64_t total = 0;
    for (std::uint64_t i = 0; i < directory.count; ++i) {
      entries.push_back(entry(at, directory));
      total += entries.back().bytes.size();
      if (total > file_.size()) fail("its entries overlap");  // a small file could stand for any amount of work
    }
    if (at != directory.end) fail("the directory has not the size it states");
    return entries;
  }

 private:
  struct Directory {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t count = 0;
  };
  struct Sizes {
    std::uint64_t stored = 0;
    std::uint64_t original = 0;
    std::uint64_t header = 0;
  };

  [[noreturn]] void fail(const std::string& problem) const { throw CheckpointError(where_ + ": " + problem); }

  /// The number of `width` bytes at `at`, which the caller knows to be within the file.
  std::uint64_t number(std::uint64_t at, std::size_t width) const {
    std::uint64_t value = 0;
    for (std::size_t i = width; i-- > 0;) value = value << 8U | std::to_integer<std::uint64_t>(file_[at + i]);
    return value;
  }

  std::string text(std::uint64_t at, std::uint64_t length) const {
    return {reinterpret_cast<const char*>(file_.data()) + at, length};
  }

  bool within(std::uint64_t at, std::uint64_t length, std::uint64_t end) const {
    return at <= end && length <= end - at;
  }

  Directory find_directory() const {
    if (file_.size() < kEndBytes || number(file_.size() - kEndBytes, 4) != kEnd) {
      fail("cut off, or no archive of torch.save: it does not end with a zip directory");
    }
    const std::uint64_t end = file_.size() - kEndBytes;
    const bool zip64 = end >= kEnd64LocatorBytes && number(end - kEnd64LocatorBytes, 4) == kEnd64Locator;
    Directory directory =
        zip64 ? find_directory64(end - kEnd64LocatorBytes) : Directory{number(end + 16, 4), end, number(end + 10, 2)};
    const std::uint64_t size = zip64 ? number(directory.end + 40, 8) : number(end + 12, 4);
    if (directory.begin > directory.end || size != directory.end - directory.begin ||
        directory.count > size / kDirectoryHeaderBytes) {
      fail("its directory lies outside of the file");
    }
    return directory;
  }

  Directory find_directory64(std::uint64_t locator) const {
    const std::uint64_t end = number(locator + 8, 8);
    if (!within(end, kEnd64Bytes, locator) || number(end, 4) != kEnd64) fail("its zip64 directory is damaged");
    return {number(end + 48, 8), end, number(end + 32, 8)};
  }

  /// Reads one entry of the directory and moves `at` behind it.
  Entry entry(std::uint64_t& at, const Directory& directory) const {
    if (!within(at, kDirectoryHeaderBytes, directory.end) || number(at, 4) != kDirectoryHeader) {
      fail("its directory is damaged");
    }
    const std::uint64_t name = number(at + 28, 2);
    const std::uint64_t extra = number(at + 30, 2);
    const std::uint64_t length = kDirectoryHeaderBytes + name + extra + number(at + 32, 2);
    if (!within(at, length, directory.end)) fail("its directory is damaged");
    Entry entry{.name = text(at + kDirectoryHeaderBytes, name), .crc = static_cast<std::uint32_t>(number(at + 16, 4))};
    const std::uint64_t method = number(at + 10, 2);
    if ((number(at + 8, 2) & kFlagEncrypted) != 0 || (method != kMethodStored && method != kMethodDeflated)) {
      fail("entry \"" + entry.name + "\" is encrypted or packed in a way that torch.save never uses");
    }
    const Sizes found = sizes(at, kDirectoryHeaderBytes + name, extra);
    entry.size = found.original;
    entry.deflated = method == kMethodDeflated;
    if (!entry.deflated && found.stored != found.original) fail("entry \"" + entry.name + "\" is damaged: two sizes");
    entry.bytes = payload(entry.name, found, directory.begin);
    at += length;
    return entry;
  }

  /// Sizes and place of an entry; what does not fit into 32 bits stands in the zip64 field of `extra` bytes.
  Sizes sizes(std::uint64_t at, std::uint64_t extra_begin, std::uint64_t extra) const {
    Sizes sizes{number(at + 20, 4), number(at + 24, 4), number(at + 42, 4)};
    std::uint64_t field = at + extra_begin;
    const std::uint64_t end = field + extra;
    while (within(field, 4, end) && number(field, 2) != kExtra64) field += 4 + number(field + 2, 2);
    std::uint64_t value = field + 4;
    for (std::uint64_t* size : {&sizes.original, &sizes.stored, &sizes.header}) {
      if (*size != kMax32) continue;
      if (!within(value, 8, end)) fail("its directory lacks a size");
      *size = number(value, 8);
      value += 8;
    }
    return sizes;
  }

  std::span<const std::byte> payload(const std::string& name, const Sizes& sizes, std::uint64_t end) const {
    const std::uint64_t header = sizes.header;
    const auto damaged = [&] { fail("entry \"" + name + "\" is damaged or lies outside of the file"); };
    if (!within(header, kLocalHeaderBytes, end) || number(header, 4) != kLocalHeader) damaged();
    const std::uint64_t name_begin = header + kLocalHeaderBytes;
    const std::uint64_t begin = name_begin + number(header + 26, 2) + number(header + 28, 2);
    if (!within(begin, sizes.stored, end)) damaged();
    if (number(header + 26, 2) != name.size() || text(name_begin, name.size()) != name) damaged();
    return file_.subspan(begin, sizes.stored);
  }

  std::span<const std::byte> file_;
  const std::string& where_;
};

}  // namespace

Reader::Reader(std::span<const std::byte> file, std::string where) : where_(std::move(where)) {
  entries_ = Parser(file, where_).entries();
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!index_.emplace(entries_[i].name, i).second) {
      throw CheckpointError(where_ + ": the entry \"" + entries_[i].name + "\" is there twice");
    }
  }
}

const Entry* Reader::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &entries_[found->second];
}

void Reader::check(const Entry& entry) const {
  const auto crc = entry.deflated ? crc32_of_deflated(entry.bytes, entry.size) : crc32(entry.bytes);
  if (crc != entry.crc) {
    throw CheckpointError(where_ + ": entry \"" + entry.name + "\" is damaged: its checksum differs");
  }
}

}  // namespace baton::zip
