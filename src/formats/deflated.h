// What zip entries hold that were packed with deflate: unpacked piece by piece and thrown away, for its checksum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace baton::zip {

/// The CRC-32 of what `packed` unpacks to, or nothing if it is damaged or does not unpack to exactly `size` bytes.
std::optional<std::uint32_t> crc32_of_deflated(std::span<const std::byte> packed, std::uint64_t size);

}  // namespace baton::zip
