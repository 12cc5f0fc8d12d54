// CRC-32C (Castagnoli's polynomial), as TensorBoard's event files have it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace baton {

/// Of any number of bytes; goes on from the checksum of what came before them. By the processor's own instruction where
/// it has one.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before = 0);
/// The same on any processor.
std::uint32_t crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t before = 0);

}  // namespace baton
