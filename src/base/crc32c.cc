#include "src/base/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace baton {
namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = rest >> 1U ^ ((rest & 1U) != 0 ? 0x82F63B78U : 0U);
    table[byte] = rest;
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> kTable = make_table();

#if defined(__x86_64__)
bool processor_has_it() { return __builtin_cpu_supports("sse4.2") != 0; }
[[gnu::target("sse4.2")]] std::uint32_t add_eight(std::uint32_t sum, std::uint64_t bytes) {
  return static_cast<std::uint32_t>(_mm_crc32_u64(sum, bytes));
}
[[gnu::target("sse4.2")]] std::uint32_t add_one(std::uint32_t sum, std::uint8_t byte) {
  return _mm_crc32_u8(sum, byte);
}
#elif defined(__aarch64__) && defined(__linux__)
bool processor_has_it() { return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0; }
// As text, because the compilers' functions for it differ and want the whole file compiled for such a processor.
std::uint32_t add_eight(std::uint32_t sum, std::uint64_t bytes) {
  __asm__(".arch_extension crc\n\tcrc32cx %w0, %w0, %x1" : "+r"(sum) : "r"(bytes));
  return sum;
}
std::uint32_t add_one(std::uint32_t sum, std::uint8_t byte) {
  __asm__(".arch_extension crc\n\tcrc32cb %w0, %w0, %w1" : "+r"(sum) : "r"(std::uint32_t{byte}));
  return sum;
}
#else
bool processor_has_it() { return false; }
std::uint32_t add_eight(std::uint32_t sum, std::uint64_t) { return sum; }
std::uint32_t add_one(std::uint32_t sum, std::uint8_t) { return sum; }
#endif

#if defined(__x86_64__)
[[gnu::target("sse4.2")]]
#endif
std::uint32_t
crc32c_by_processor(std::span<const std::byte> bytes, std::uint32_t before) {
  std::uint32_t sum = ~before;
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes.data(), 8);
    sum = add_eight(sum, eight);
  }
  for (const std::byte byte : bytes) sum = add_one(sum, std::to_integer<std::uint8_t>(byte));
  return ~sum;
}

}  // namespace

std::uint32_t crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t before) {
  std::uint32_t sum = ~before;
  for (const std::byte byte : bytes) sum = sum >> 8U ^ kTable[(sum ^ std::to_integer<std::uint32_t>(byte)) & 0xFFU];
  return ~sum;
}

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before) {
  return processor_has_it() ? crc32c_by_processor(bytes, before) : crc32c_by_table(bytes, before);
}

}  // namespace baton
