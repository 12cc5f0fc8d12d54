// Zip archives of entries stored as they are, laid out as torch.save does: payloads begin at multiples of 64 bytes.
// The format: PKWARE's APPNOTE, with its zip64 parts for large files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

/// Writes an archive from begin to end. Whether the stream took everything is the caller's to look at.
class Writer {
 public:
  explicit Writer(std::ostream& out) : out_(out) {}

  void add(std::string name, std::span<const std::byte> bytes);
  void add(std::string name, std::string_view text) { add(std::move(name), std::as_bytes(std::span(text))); }
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

  std::ostream& out_;
  std::uint64_t at_ = 0;
  std::vector<Written> written_;
};

/// CRC-32 of any number of bytes.
std::uint32_t crc32(std::span<const std::byte> bytes);

}  // namespace baton::zip
