#include "src/core/rate_outline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace baton {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// The phases of rates at the updates 1, 2, 3...
std::vector<RatePhase> phases_of(const std::vector<double>& rates, double smallest_change = 0.0) {
  RateOutline outline(smallest_change);
  for (std::size_t i = 0; i < rates.size(); ++i) outline.add({static_cast<std::int64_t>(i) + 1, rates[i]});
  return outline.phases();
}

MATCHER_P5(Phase, trend, from, from_rate, to, to_rate, "") {
  return arg.trend == trend && arg.from.step == from && arg.from.rate == from_rate && arg.to.step == to &&
         arg.to.rate == to_rate;
}

TEST(RateOutline, IsEmptyWithoutAnUpdate) { EXPECT_THAT(phases_of({}), IsEmpty()); }

TEST(RateOutline, StaysOverOneUpdate) {
  EXPECT_THAT(phases_of({3.0}), ElementsAre(Phase(RateTrend::kStays, 1, 3.0, 1, 3.0)));
}

TEST(RateOutline, TurnsWhereTheTrendChanges) {
  EXPECT_THAT(phases_of({0.0, 1.0, 2.0, 2.0, 2.0, 1.0}),
              ElementsAre(Phase(RateTrend::kRises, 1, 0.0, 3, 2.0), Phase(RateTrend::kStays, 3, 2.0, 5, 2.0),
                          Phase(RateTrend::kFalls, 5, 2.0, 6, 1.0)));
}

TEST(RateOutline, ShowsARestartAsARise) {
  EXPECT_THAT(phases_of({2.0, 1.0, 2.0, 1.0}),
              ElementsAre(Phase(RateTrend::kFalls, 1, 2.0, 2, 1.0), Phase(RateTrend::kRises, 2, 1.0, 3, 2.0),
                          Phase(RateTrend::kFalls, 3, 2.0, 4, 1.0)));
}

TEST(RateOutline, TakesRoundingForNoChange) {
  EXPECT_THAT(
      phases_of({1.0, 1.0 + 1e-16, 1.0 - 1e-16, 0.5}, 1e-15),
      ElementsAre(Phase(RateTrend::kStays, 1, 1.0, 3, 1.0 - 1e-16), Phase(RateTrend::kFalls, 3, 1.0 - 1e-16, 4, 0.5)));
}

}  // namespace
}  // namespace baton
