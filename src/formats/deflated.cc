#include "src/formats/deflated.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>

namespace baton::zip {
namespace {

class Inflater {
 public:
  explicit Inflater(std::span<const std::byte> packed) : rest_(packed) {
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) throw std::bad_alloc();  // minus: without zlib's own header
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// The next piece, valid until the next call; empty at the end or where it is damaged.
  std::span<const Bytef> next() {
    if (stream_.avail_in == 0) refill();
    stream_.next_out = piece_.data();
    stream_.avail_out = static_cast<uInt>(piece_.size());
    state_ = inflate(&stream_, Z_NO_FLUSH);
    return {piece_.data(), piece_.size() - stream_.avail_out};
  }
  bool goes_on() const { return state_ == Z_OK; }
  bool complete() const { return state_ == Z_STREAM_END && stream_.avail_in == 0 && rest_.empty(); }

 private:
  void refill() {
    const std::size_t part = std::min<std::size_t>(rest_.size(), std::numeric_limits<int>::max());
    stream_.next_in = reinterpret_cast<z_const Bytef*>(const_cast<std::byte*>(rest_.data()));  // zlib does not write
    stream_.avail_in = static_cast<uInt>(part);
    rest_ = rest_.subspan(part);
  }

  std::span<const std::byte> rest_;
  z_stream stream_{};
  int state_ = Z_OK;
  std::array<Bytef, 1U << 14U> piece_{};
};

}  // namespace

std::optional<std::uint32_t> crc32_of_deflated(std::span<const std::byte> packed, std::uint64_t size) {
  Inflater inflater(packed);
  uLong crc = crc32(0, nullptr, 0);
  std::uint64_t unpacked = 0;
  while (inflater.goes_on()) {
    const std::span<const Bytef> piece = inflater.next();
    unpacked += piece.size();
    if (unpacked > size) return std::nullopt;  // a small file could stand for any amount of work
    crc = crc32(crc, piece.data(), static_cast<uInt>(piece.size()));
  }
  if (!inflater.complete() || unpacked != size) return std::nullopt;
  return static_cast<std::uint32_t>(crc);
}

}  // namespace baton::zip
