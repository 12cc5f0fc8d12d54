#include "baton/train/sample_random.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <set>
#include <vector>

#include "baton/core/errors.h"

namespace baton {
namespace {

constexpr int kDraws = 20000;

TEST(SampleRandom, RepeatsForTheSameSeedEpochAndIndex) {
  SampleRandom one(42, 3, 17);
  SampleRandom other(42, 3, 17);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(one(), other());
}

TEST(SampleRandom, DiffersForEachSeedEpochAndIndex) {
  std::set<std::uint64_t> firsts;
  for (int seed = 0; seed < 20; ++seed) {
    for (int epoch = 0; epoch < 20; ++epoch) {
      for (int index = 0; index < 20; ++index) firsts.insert(SampleRandom(seed, epoch, index)());
    }
  }
  EXPECT_EQ(firsts.size(), 8000U);
}

TEST(SampleRandom, KeepsItsNumbersAcrossVersions) {
  SampleRandom random(42, 1, 7);
  EXPECT_EQ(random(), 0xa77430859da35bf5);  // SplitMix64 by another program
  EXPECT_EQ(random(), 0x2ea5196b8aff7f25);
}

TEST(SampleRandom, DrawsUniformNumbers) {
  SampleRandom random(1, 2, 3);
  double sum = 0.0;
  for (int i = 0; i < kDraws; ++i) {
    const double number = random.uniform(2.0, 4.0);
    ASSERT_TRUE(number >= 2.0 && number < 4.0) << number;
    sum += number;
  }
  EXPECT_NEAR(sum / kDraws, 3.0, 0.02);  // 5 standard errors
}

TEST(SampleRandom, DrawsEachNumberBelowACountEquallyOften) {
  SampleRandom random(1, 2, 3);
  std::vector<int> seen(6);
  for (int i = 0; i < kDraws; ++i) ++seen.at(static_cast<std::size_t>(random.below(6)));
  for (const int count : seen) EXPECT_NEAR(count, kDraws / 6.0, 270);  // 5 standard deviations
  EXPECT_EQ(random.below(1), 0);
  EXPECT_LT(random.below(INT64_MAX), INT64_MAX);
  EXPECT_THROW(random.below(0), ConfigError);
}

TEST(SampleRandom, DrawsNormalNumbers) {
  SampleRandom random(1, 2, 3);
  double sum = 0.0;
  double squares = 0.0;
  for (int i = 0; i < kDraws; ++i) {
    const double number = random.normal();
    ASSERT_TRUE(std::isfinite(number));
    sum += number;
    squares += number * number;
  }
  EXPECT_NEAR(sum / kDraws, 0.0, 0.036);  // 5 standard errors each
  EXPECT_NEAR(squares / kDraws, 1.0, 0.05);
}

TEST(SampleRandom, TakesChances) {
  SampleRandom random(1, 2, 3);
  int taken = 0;
  for (int i = 0; i < kDraws; ++i) taken += random.chance(0.25);
  EXPECT_NEAR(taken, kDraws / 4.0, 310);
  EXPECT_FALSE(random.chance(0.0));
  EXPECT_TRUE(random.chance(1.0));
}

TEST(SampleRandom, FeedsTheDistributionsOfTheStandardLibraryAndLibTorch) {
  SampleRandom random(1, 2, 3);
  const int rolled = std::uniform_int_distribution<int>(1, 6)(random);
  EXPECT_TRUE(rolled >= 1 && rolled <= 6);
  const auto noise = [] { return torch::randn({3}, SampleRandom(1, 2, 3).generator()); };
  EXPECT_TRUE(noise().equal(noise()));
}

}  // namespace
}  // namespace baton
