// ByteSink: where bytes go, piece by piece.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace baton {

class ByteSink {
 public:
  virtual ~ByteSink() = default;

  /// Throws what the sink throws where it cannot take them all.
  virtual void write(std::span<const std::byte> bytes) = 0;
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
};

}  // namespace baton
