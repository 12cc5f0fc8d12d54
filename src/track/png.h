// What trackers need to know of a PNG file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace baton::track {

struct PngSize {
  std::int64_t width = 0;
  std::int64_t height = 0;
};

/// Throws ConfigError if the bytes are no PNG file.
PngSize png_size(std::span<const std::byte> png);

}  // namespace baton::track
