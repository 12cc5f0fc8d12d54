#include "src/core/step_series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/fakes/planned.h"

namespace baton {
namespace {

StepSeries series_of(const std::vector<std::int64_t>& steps) {
  StepSeries series;
  for (const std::int64_t step : steps) series.add(step);
  return series;
}

struct Case {
  std::vector<std::int64_t> steps;
  std::vector<StepRun> runs;
  std::string why;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.why; }

class StepSeriesRuns : public testing::TestWithParam<Case> {};

TEST_P(StepSeriesRuns, HoldWhatIsEquallyFar) {
  EXPECT_EQ(series_of(GetParam().steps).runs(), GetParam().runs) << GetParam().why;
}

INSTANTIATE_TEST_SUITE_P(
    Table, StepSeriesRuns,
    testing::Values(Case{{}, {}, "nothing has no run"}, Case{{7}, {{7, 0, 1}}, "one has no distance"},
                    Case{{5, 10, 15, 20}, {{5, 5, 4}}, "regular"},
                    Case{{5, 10, 15, 17}, {{5, 5, 3}, {17, 0, 1}}, "the last update breaks the rhythm"},
                    Case{{1, 500, 1000, 1500}, {{1, 0, 1}, {500, 500, 3}}, "the first update comes before it"},
                    Case{{1, 2, 4}, {{1, 0, 1}, {2, 2, 2}}, "two are a run as long as nothing tells otherwise"},
                    Case{{3, 6, 9, 10, 20, 30}, {{3, 3, 3}, {10, 10, 3}}, "another rhythm"},
                    Case{{0, 0, 0}, {{0, 0, 3}}, "the same update several times"}));

TEST(StepSeries, KnowsHowManyAndTheLast) {
  const StepSeries series = series_of({1, 4, 8, 12, 13});
  EXPECT_EQ(series.count(), 5);
  EXPECT_EQ(series.last(), 13);
  EXPECT_TRUE(StepSeries().empty());
}

TEST(StepSeries, GivesBackEveryStep) {
  const std::vector<std::int64_t> steps = {1, 2, 4, 8, 12, 16, 17, 19, 21, 23, 30};
  EXPECT_EQ(fakes::steps_in(series_of(steps)), steps);
}

}  // namespace
}  // namespace baton
