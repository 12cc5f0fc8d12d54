#include "src/formats/python_random.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace baton::pt {
namespace {

const std::vector<Value>& items(const Value& value) { return value.get<Tuple>()->items; }

TEST(PythonRandom, NumpyFillsItsStateAsTheStandardsMersenneTwister) {
  const Value state = numpy_random_state(42);
  EXPECT_EQ(*items(state)[0].get<std::string>(), "MT19937");
  std::mt19937 standard(42);
  std::ostringstream words;
  words << standard;
  std::istringstream read(words.str());
  const std::string& data = items(state)[1].get<NumpyArray>()->data;
  ASSERT_EQ(data.size(), 624U * 4);
  for (std::size_t i = 0; i < 624; ++i) {
    std::uint32_t expected = 0;
    read >> expected;
    std::uint32_t found = 0;
    std::memcpy(&found, &data[4 * i], 4);
    ASSERT_EQ(found, expected) << i;
  }
}

/// The first, second and last word, and the sum of all, of random.getstate() in Python 3.11.
struct Row {
  std::int64_t seed;
  std::int64_t second;
  std::int64_t last;
  std::int64_t sum;
};

TEST(PythonRandom, PythonFillsItFromAllBitsOfTheSeed) {
  const Row rows[] = {
      {0, 766982754, 2902720905, 1289886632581},
      {42, 3564348608, 3831079317, 1406570960303},
      {-7, 2261207994, 2448866966, 1335756424850},
      {std::int64_t{1} << 40 | 5, 550267540, 2187275131, 1342281428491},
  };
  for (const Row& row : rows) {
    const Value state = python_random_state(row.seed);
    EXPECT_EQ(*items(state)[0].get<std::int64_t>(), 3);
    const std::vector<Value>& words = items(items(state)[1]);
    ASSERT_EQ(words.size(), 625U);
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < 624; ++i) sum += *words[i].get<std::int64_t>();
    EXPECT_EQ(*words[0].get<std::int64_t>(), 0x80000000) << row.seed;
    EXPECT_EQ(*words[1].get<std::int64_t>(), row.second) << row.seed;
    EXPECT_EQ(*words[623].get<std::int64_t>(), row.last) << row.seed;
    EXPECT_EQ(sum, row.sum) << row.seed;
    EXPECT_EQ(*words[624].get<std::int64_t>(), 624);
  }
}

}  // namespace
}  // namespace baton::pt
