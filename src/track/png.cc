#include "src/track/png.h"

#include <string_view>

#include "baton/core/errors.h"

namespace baton::track {

PngSize png_size(std::span<const std::byte> png) {
  // Signature, then the length and the name of the first chunk, then width and height as big-endian numbers.
  constexpr std::string_view kBegin{"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16};
  const std::string_view bytes(reinterpret_cast<const char*>(png.data()), png.size());
  if (!bytes.starts_with(kBegin) || bytes.size() < kBegin.size() + 8) {
    throw ConfigError("image: expected the bytes of a PNG file, got " + std::to_string(bytes.size()) + " others");
  }
  const auto number = [&](std::size_t place) {
    std::int64_t value = 0;
    for (std::size_t i = place; i < place + 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
  };
  return {number(kBegin.size()), number(kBegin.size() + 4)};
}

}  // namespace baton::track
