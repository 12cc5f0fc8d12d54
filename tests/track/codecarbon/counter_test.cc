#include "src/track/codecarbon/counter.h"

#include <gtest/gtest.h>

namespace baton::track::carbon {
namespace {

TEST(Counter, CountsFromItsFirstReading) {
  Counter counter(1000);
  EXPECT_EQ(counter.advance(700), 0u);
  EXPECT_EQ(counter.advance(750), 50u);
  EXPECT_EQ(counter.advance(750), 0u);
}

TEST(Counter, AddsItsRangeOnceWhenItWraps) {
  Counter counter(1000);
  counter.advance(990);
  EXPECT_EQ(counter.advance(5), 15u);
}

TEST(Counter, AFailedReadingIsNoWrapAndLosesNothing) {
  Counter counter(1000);
  counter.advance(100);
  EXPECT_EQ(counter.advance(std::nullopt), 0u);
  EXPECT_FALSE(counter.was_read());
  EXPECT_EQ(counter.advance(130), 30u);
  EXPECT_TRUE(counter.was_read());
}

TEST(Counter, AWrapDuringFailedReadingsIsFound) {
  Counter counter(1000);
  counter.advance(990);
  counter.advance(std::nullopt);
  EXPECT_EQ(counter.advance(20), 30u);
}

TEST(Counter, BeginsAnewWhenItGoesBackWithoutARange) {
  Counter counter;
  counter.advance(500);
  EXPECT_EQ(counter.advance(20), 0u);
  EXPECT_EQ(counter.advance(50), 30u);
}

TEST(Counter, BeginsAnewAboveItsRange) {
  Counter counter(100);
  counter.advance(500);
  EXPECT_EQ(counter.advance(20), 0u);
}

}  // namespace
}  // namespace baton::track::carbon
