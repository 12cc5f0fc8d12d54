#include "src/formats/deflated.h"

#include <gtest/gtest.h>

#include <string>

namespace baton::zip {
namespace {

/// 2,000 times "a", as Python's zlib.compressobj(9, zlib.DEFLATED, -15) packs it, and its checksum.
const std::string kPacked("\x4b\x4c\x1c\x05\xa3\x60\x14\x8c\x82\x51\x30\x0a\x46\xc1\x50\x07\x00", 17);
constexpr std::uint32_t kCrc = 0xa8133e39;

std::optional<std::uint32_t> crc_of(const std::string& packed, std::uint64_t size = 2000) {
  return crc32_of_deflated(std::as_bytes(std::span(packed)), size);
}

TEST(Deflated, HasTheChecksumOfWhatItUnpacksTo) { EXPECT_EQ(crc_of(kPacked), kCrc); }

TEST(Deflated, HasExactlyTheSizeThatItIsSaidToHave) {
  for (const std::uint64_t size : {0U, 1U, 1999U, 2001U}) EXPECT_EQ(crc_of(kPacked, size), std::nullopt) << size;
  EXPECT_EQ(crc_of(kPacked + "more"), std::nullopt);
  EXPECT_EQ(crc_of(""), std::nullopt);
}

TEST(Deflated, WhatIsCutIsDamaged) {
  for (std::size_t size = 0; size < kPacked.size(); ++size) EXPECT_EQ(crc_of(kPacked.substr(0, size)), std::nullopt);
}

TEST(Deflated, WhatIsNoBlockIsDamaged) { EXPECT_EQ(crc_of("\x07"), std::nullopt); }

}  // namespace
}  // namespace baton::zip
