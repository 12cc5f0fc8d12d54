// Content: bytes to be written, in memory or made when they are needed, such as those of a tensor on a device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>

#include "src/base/byte_sink.h"

namespace baton {

class Content {
 public:
  Content() = default;
  /// The memory must outlive this.
  template <std::size_t Extent>
  Content(std::span<const std::byte, Extent> memory) : memory_(memory), size_(memory.size()) {}
  /// `stream` writes `size` bytes, the same ones whenever it is called.
  Content(std::uint64_t size, std::function<void(ByteSink&)> stream) : size_(size), stream_(std::move(stream)) {}

  std::uint64_t size() const { return size_; }
  /// All bytes; empty for those that are made when needed.
  std::span<const std::byte> memory() const { return memory_; }
  void write_to(ByteSink& sink) const {
    if (stream_) return stream_(sink);
    sink.write(memory_);
  }

 private:
  std::span<const std::byte> memory_;
  std::uint64_t size_ = 0;
  std::function<void(ByteSink&)> stream_;
};

}  // namespace baton
