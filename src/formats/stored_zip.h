// Zip archives of entries stored as they are, laid out as torch.save does: payloads begin at multiples of 64 bytes.
// The format: PKWARE's APPNOTE, with its zip64 parts for large files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/byte_sink.h"
#include "src/formats/content.h"

namespace baton::zip {

struct Entry {
  std::string name;
  std::span<const std::byte> bytes;  ///< in the file's memory, as they lie there
  std::uint32_t crc = 0;             ///< of the original bytes
  std::uint64_t size = 0;            ///< of the original bytes
  bool deflated = false;             ///< as torch.jit.save does with code; only check() unpacks it, to throw it away
};

/// An archive in memory, which must outlive the reader and its entries.
class Reader {
 public:
  /// Throws CheckpointError that begins with `where` if the directory is damaged, an entry is encrypted or packed in
  /// another way than deflated, lies outside of the file, or has a name that is taken.
  Reader(std::span<const std::byte> file, std::string where);

  const std::vector<Entry>& entries() const { return entries_; }
  /// The entry of that name, or null.
  const Entry* find(std::string_view name) const;
  /// Compares the original bytes with their size and checksum. Throws CheckpointError.
  void check(const Entry& entry) const;

 private:
  std::string where_;
  std::vector<Entry> entries_;
  std::map<std::string, std::size_t, std::less<>> index_;
};

/// Writes an archive from begin to end.
class Writer {
 public:
  explicit Writer(ByteSink& out) : out_(out) {}

  /// Content that is not in memory is made twice: first for its checksum, which an archive has before the bytes.
  void add(std::string name, const Content& content);
  void add(std::string name, std::string_view text) { add(std::move(name), Content(std::as_bytes(std::span(text)))); }
  /// Writes the directory; nothing can be added after it.
  void finish();

 private:
  struct Written {
    std::string name;
    std::uint64_t header = 0;  ///< where its header begins
    std::uint64_t size = 0;
    std::uint32_t crc = 0;
  };
  void put(std::string_view text);
  void put_end(std::uint64_t directory);

  ByteSink& out_;
  std::uint64_t at_ = 0;
  std::vector<Written> written_;
};

}  // namespace baton::zip
