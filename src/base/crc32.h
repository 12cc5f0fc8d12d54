// CRC-32 as zip archives and zlib have it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace baton {

/// Of any number of bytes; goes on from the checksum of what came before them.
std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t before = 0);

}  // namespace baton
