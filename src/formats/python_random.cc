// Both are the Mersenne Twister MT19937 of Matsumoto and Nishimura; they differ in how a seed fills its 624 words.
#include "src/formats/python_random.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace baton::pt {
namespace {

constexpr std::uint32_t kWords = 624;
using Words = std::array<std::uint32_t, kWords>;

std::uint32_t mixed(std::uint32_t word) { return word ^ word >> 30U; }

/// The published init_genrand().
Words filled_by_number(std::uint32_t seed) {
  Words words{seed};
  for (std::uint32_t i = 1; i < kWords; ++i) words[i] = 1812433253U * mixed(words[i - 1]) + i;
  return words;
}

/// The published init_by_array().
Words filled_by_key(const std::vector<std::uint32_t>& key) {
  Words words = filled_by_number(19650218U);
  std::uint32_t i = 1;
  std::uint32_t j = 0;
  const auto advance = [&] {
    if (++i < kWords) return;
    words[0] = words[kWords - 1];
    i = 1;
  };
  for (std::size_t round = std::max<std::size_t>(kWords, key.size()); round > 0; --round) {
    words[i] = (words[i] ^ mixed(words[i - 1]) * 1664525U) + key[j] + j;
    advance();
    j = (j + 1) % static_cast<std::uint32_t>(key.size());
  }
  for (std::uint32_t round = kWords - 1; round > 0; --round) {
    words[i] = (words[i] ^ mixed(words[i - 1]) * 1566083941U) - i;
    advance();
  }
  words[0] = 0x80000000U;
  return words;
}

}  // namespace

Value python_random_state(std::int64_t seed) {
  const std::uint64_t size = seed < 0 ? 0 - static_cast<std::uint64_t>(seed) : static_cast<std::uint64_t>(seed);
  std::vector<std::uint32_t> key = {static_cast<std::uint32_t>(size)};
  if (size >> 32U != 0) key.push_back(static_cast<std::uint32_t>(size >> 32U));
  Tuple state;
  for (const std::uint32_t word : filled_by_key(key)) state.items.emplace_back(std::int64_t{word});
  state.items.emplace_back(std::int64_t{kWords});  // all words are used up
  return Tuple{{3, std::move(state), nullptr}};
}

Value numpy_random_state(std::int64_t seed) {
  std::string bytes;
  for (const std::uint32_t word : filled_by_number(static_cast<std::uint32_t>(seed))) {
    for (const unsigned shift : {0U, 8U, 16U, 24U}) bytes.push_back(static_cast<char>(word >> shift & 0xFFU));
  }
  return Tuple{{"MT19937", NumpyArray{.dtype = "<u4", .shape = {kWords}, .data = std::move(bytes)},
                std::int64_t{kWords}, 0, 0.0}};
}

}  // namespace baton::pt
