#include "src/base/crc32c.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

namespace baton {
namespace {

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(Crc32c, IsWhatOthersCompute) {
  const std::pair<std::string, std::uint32_t> sums[] = {{"", 0},
                                                        {"123456789", 0xE3069283},
                                                        {std::string(32, '\0'), 0x8A9136AA},  // RFC 3720, B.4
                                                        {std::string(32, '\xFF'), 0x62A8AB43}};
  for (const auto& [text, sum] : sums) {
    EXPECT_EQ(crc32c(bytes(text)), sum) << text;
    EXPECT_EQ(crc32c_by_table(bytes(text)), sum) << text;
  }
}

TEST(Crc32c, GoesOnFromWhatCameBefore) {
  const std::string text = "the quick brown fox jumps over the lazy dog";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const std::string_view all = text;
    EXPECT_EQ(crc32c(bytes(all.substr(cut)), crc32c(bytes(all.substr(0, cut)))), crc32c(bytes(all)));
  }
}

TEST(Crc32c, TheProcessorAndTheTableAgree) {
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  std::string text(300, '\0');
  for (char& byte : text) byte = static_cast<char>(random());
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const std::string_view part = std::string_view(text).substr(size % 8, size);  // begins anywhere in a word
    EXPECT_EQ(crc32c(bytes(part)), crc32c_by_table(bytes(part))) << size << " bytes, seed " << seed;
  }
}

}  // namespace
}  // namespace baton
