#include "baton/callbacks/nan_guard.h"

#include "tests/fakes/fake_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace baton {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

class NanGuard : public testing::Test {
 protected:
  /// What the guard throws at this record, or "".
  std::string error(NanGuardCallback& guard, const LogRecord& logs) {
    try {
      run.log(guard, logs);
    } catch (const NonFiniteError& error) {
      return error.what();
    }
    return "";
  }

  fakes::FakeRun run;
};

TEST_F(NanGuard, StopsAtABadLossOrGradientNormAndNamesStepAndValue) {
  NanGuardCallback guard;
  run.at_step(12);
  EXPECT_EQ(error(guard, {{"loss", kNaN}, {"grad_norm", 1.0}}), "training stopped at step 12: loss is nan");
  EXPECT_EQ(error(guard, {{"loss", 1.0}, {"grad_norm", -kInf}}), "training stopped at step 12: grad_norm is -inf");
}

TEST_F(NanGuard, LeavesAllElseAlone) {
  NanGuardCallback guard;
  EXPECT_EQ(error(guard, {{"loss", 1e300}, {"grad_norm", 0.0}}), "");
  EXPECT_EQ(error(guard, {{"eval_loss", kNaN}, {"train_loss", kNaN}}), "");
  EXPECT_EQ(error(guard, {{"loss", "nan"}}), "") << "a text is no number";
  EXPECT_EQ(error(guard, {}), "");
}

TEST_F(NanGuard, WaitsForAsManyBadLogsInARowAsItsPatience) {
  NanGuardCallback guard(2);
  EXPECT_EQ(error(guard, {{"loss", kNaN}}), "");
  EXPECT_EQ(error(guard, {{"loss", 1.0}}), "");
  EXPECT_EQ(error(guard, {{"loss", kNaN}}), "");
  EXPECT_EQ(error(guard, {{"eval_loss", 1.0}}), "") << "another kind of record does not count";
  EXPECT_THAT(error(guard, {{"loss", kNaN}}), testing::EndsWith("loss is nan (bad log number 2 in a row)"));
}

TEST_F(NanGuard, CountsAnewInASecondRun) {
  NanGuardCallback guard(2);
  EXPECT_EQ(error(guard, {{"loss", kNaN}}), "");
  run.train_begin(guard);
  EXPECT_EQ(error(guard, {{"loss", kNaN}}), "");
}

TEST_F(NanGuard, RefusesAPatienceBelowOne) { EXPECT_THROW(NanGuardCallback(0), ConfigError); }

}  // namespace
}  // namespace baton
