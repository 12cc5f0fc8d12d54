#include "src/core/number_words.h"

#include <gtest/gtest.h>

namespace baton {
namespace {

TEST(NumberWords, CountInTheRightNumber) {
  EXPECT_EQ(counted(1, "update"), "1 update");
  EXPECT_EQ(counted(0, "update"), "0 updates");
  EXPECT_EQ(counted(1, "batch", "batches"), "1 batch");
  EXPECT_EQ(counted(2, "batch", "batches"), "2 batches");
}

TEST(NumberWords, WriteWholeNumbersWithoutAPoint) {
  EXPECT_EQ(number_words(500.0), "500");
  EXPECT_EQ(number_words(0.07), "0.07");
}

TEST(NumberWords, WriteRatesWithFourDigits) {
  EXPECT_EQ(rate_words(5e-5), "5e-05");
  EXPECT_EQ(rate_words(3e-4), "0.0003");
  EXPECT_EQ(rate_words(4.22499e-5), "4.225e-05");
  EXPECT_EQ(rate_words(0.0), "0");
}

}  // namespace
}  // namespace baton
