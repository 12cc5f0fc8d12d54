#include "src/track/report/axis.h"

#include <gtest/gtest.h>

namespace baton::track::report {
namespace {

std::string labels(double low, double high, int count = 5) {
  std::string text;
  for (const Tick& tick : ticks_between(low, high, count)) text += (text.empty() ? "" : " ") + tick.label;
  return text;
}

TEST(Axis, TicksAreRoundNumbers) {
  EXPECT_EQ(labels(0, 1), "0 0.2 0.4 0.6 0.8 1");
  EXPECT_EQ(labels(0, 100, 6), "0 20 40 60 80 100");
  EXPECT_EQ(labels(0.31, 2.44), "0.5 1 1.5 2");
  EXPECT_EQ(labels(-3, 3), "-2 0 2");
  EXPECT_EQ(labels(4.9e-5, 5.1e-5, 2), "4.9e-05 5e-05 5.1e-05");
  EXPECT_EQ(labels(1000, 21000), "5000 10000 15000 20000");
}

TEST(Axis, EndsWhereNumbersAreTooNearToEachOther) {
  EXPECT_LE(ticks_between(1e17, 1e17 + 32, 5).size(), 11u);
  EXPECT_LE(ticks_between(-1e300, 1e300, 5).size(), 11u);
  EXPECT_LE(ticks_between(0, 1e-300, 5).size(), 11u);
}

}  // namespace
}  // namespace baton::track::report
