#include "src/base/float_mean.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "src/base/json.h"
#include "tests/fakes/test_files.h"

namespace baton {
namespace {

TEST(FloatMean, IsNumPysToTheLastBit) {
  const Value golden = json::parse(fakes::read_test_file("golden/torch.json"), "torch.json");
  for (const Value& row : *golden.record()->find("means")->list()) {
    std::vector<FloatRun> runs;
    for (const Value& run : *row.record()->find("runs")->list()) {
      runs.push_back({static_cast<float>(run.list()->at(0).number()), *run.list()->at(1).integer()});
    }
    EXPECT_EQ(float_mean(runs), row.record()->number("mean")) << json::dump(row);
  }
}

TEST(FloatMean, SkipsRunsOfNothing) {
  const std::vector<FloatRun> runs = {{7.0F, 0}, {1.0F, 1}, {9.0F, 0}, {2.0F, 1}};
  EXPECT_EQ(float_mean(runs), 1.5);
}

TEST(FloatMean, IsNaNOfNothing) { EXPECT_TRUE(std::isnan(float_mean({}))); }

}  // namespace
}  // namespace baton
