#include "baton/core/step_plan.h"

#include "baton/core/errors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace baton {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
constexpr auto kNoLength = std::optional<std::int64_t>();

TEST(BatchCount, RoundsUpUnlessAShortLastBatchIsDropped) {
  EXPECT_EQ(batch_count(66, 8, false), 9);
  EXPECT_EQ(batch_count(66, 8, true), 8);
  EXPECT_EQ(batch_count(64, 8, false), 8);
  EXPECT_EQ(batch_count(3, 8, true), 0);
  EXPECT_EQ(batch_count(0, 8, false), 0);
  EXPECT_EQ(batch_count(kLargest, 2, false), kLargest / 2 + 1) << "without overflow";
}

TEST(BatchCount, RefusesABatchWithoutSamples) { EXPECT_THROW(batch_count(10, 0, false), ConfigError); }

TEST(PlanSteps, CountsUpdatesAndEpochs) {
  struct Row {
    std::int64_t batches, accumulation;
    double epochs;
    std::int64_t max_steps;
    std::int64_t updates_per_epoch, planned_steps, planned_epochs;
    const char* why;
  };
  const std::vector<Row> rows = {
      {8, 1, 3.0, -1, 8, 24, 3, "plain"},
      {5, 2, 1.0, -1, 3, 3, 1, "a short last window is an update too"},
      {4, 5, 3.0, -1, 1, 3, 3, "a window larger than the epoch"},
      {8, 1, 2.5, -1, 8, 20, 3, "a fraction of an epoch"},
      {8, 1, 0.01, -1, 8, 1, 1, "never less than one update"},
      {8, 1, 0.0, -1, 8, 0, 0, "no epoch, no update"},
      {10, 1, 1.1, -1, 10, 11, 2, "1.1 times 10 is 11 in doubles"},
      {100, 1, 1.1, -1, 100, 111, 2, "1.1 times 100 is 110.00000000000001"},
      {8, 1, 3.0, 20, 8, 20, 3, "max_steps outranks epochs and rounds them up"},
      {8, 1, kNaN, 16, 8, 16, 2, "then epochs are not looked at"},
      {8, 1, 3.0, kLargest, 8, kLargest, kLargest / 8 + 1, "as many as there are"},
      {8, 3, 1.0, -7, 3, 3, 1, "any negative max_steps means unset"},
  };
  for (const Row& row : rows) {
    const StepPlan plan = plan_steps(row.batches, row.accumulation, row.epochs, row.max_steps);
    EXPECT_EQ(plan.batches_per_epoch, row.batches) << row.why;
    EXPECT_EQ(plan.updates_per_epoch, row.updates_per_epoch) << row.why;
    EXPECT_EQ(plan.max_steps, row.planned_steps) << row.why;
    EXPECT_EQ(plan.num_train_epochs, row.planned_epochs) << row.why;
    EXPECT_TRUE(plan.sized) << row.why;
  }
}

TEST(PlanSteps, OfDataWithoutALengthGoesByMaxSteps) {
  const StepPlan plan = plan_steps(kNoLength, 4, 2.0, 10);
  EXPECT_EQ(plan.batches_per_epoch, 40);
  EXPECT_EQ(plan.updates_per_epoch, 10);
  EXPECT_EQ(plan.max_steps, 10);
  EXPECT_EQ(plan.num_train_epochs, kEndlessEpochs);
  EXPECT_FALSE(plan.sized);
}

TEST(PlanSteps, OfAVeryLongStreamDoesNotOverflow) {
  EXPECT_EQ(plan_steps(kNoLength, 4, 1.0, kLargest / 2).batches_per_epoch, kLargest);
}

TEST(PlanSteps, WithoutABatchGoesByMaxStepsToo) {
  const StepPlan plan = plan_steps(0, 4, 2.0, 10);
  EXPECT_EQ(plan.batches_per_epoch, 0);
  EXPECT_EQ(plan.num_train_epochs, kEndlessEpochs);
  EXPECT_EQ(plan.epoch_after(1, 0), 1.0) << "not 0 / 0";
}

TEST(PlanSteps, RefusesRunsWithoutAnEnd) {
  EXPECT_THROW(plan_steps(kNoLength, 1, 3.0, -1), ConfigError);
  EXPECT_THROW(plan_steps(0, 1, 3.0, -1), ConfigError);
  EXPECT_THROW(plan_steps(8, 1, kInfinity, -1), ConfigError);
  EXPECT_THROW(plan_steps(8, 1, kNaN, -1), ConfigError);
  EXPECT_THROW(plan_steps(8, 1, 1e300, -1), ConfigError);
}

TEST(PlanSteps, RefusesWindowsWithoutABatch) { EXPECT_THROW(plan_steps(8, 0, 1.0, -1), ConfigError); }

TEST(PlanSteps, RefusesMaxStepsOf0_D12) {
  EXPECT_THROW(plan_steps(8, 1, 3.0, 0), ConfigError);
  EXPECT_THROW(plan_steps(kNoLength, 1, 3.0, 0), ConfigError);
}

TEST(StepPlan, OnlyTheLastWindowOfSizedDataIsShort) {
  const StepPlan plan = plan_steps(5, 2, 1.0, -1);
  EXPECT_EQ(plan.window(0), 2);
  EXPECT_EQ(plan.window(1), 2);
  EXPECT_EQ(plan.window(2), 1);
  EXPECT_EQ(plan_steps(6, 2, 1.0, -1).window(2), 2) << "a full last window";
  EXPECT_EQ(plan_steps(4, 5, 1.0, -1).window(0), 4) << "the only window";
  EXPECT_EQ(plan_steps(kNoLength, 3, 1.0, 10).window(9), 3) << "a stream says itself when it ends";
}

TEST(StepPlan, EpochIsTheShareOfBatchesDone) {
  const StepPlan plan = plan_steps(5, 2, 1.0, -1);
  EXPECT_EQ(plan.epoch_after(0, 2), 0.4);
  EXPECT_EQ(plan.epoch_after(1, 5), 2.0);
  EXPECT_EQ(plan_steps(kNoLength, 1, 1.0, 11).epoch_after(1, 1), 1.0 + 1.0 / 11.0);
}

TEST(AbsoluteSteps, MultiplySharesOutAndKeepNumbers) {
  struct Row {
    double steps;
    std::int64_t max_steps;
    Value expected;
    const char* why;
  };
  const std::vector<Row> rows = {
      {0.25, 10, 3, "rounded up"},
      {0.1, 100, 10, "no share more than asked"},
      {0.07, 100, 8, "7.000000000000001 in doubles"},
      {0.57, 100, 57, "56.99999999999999 in doubles"},
      {0.001, 20, 1, "never less than one update"},
      {0.0, 20, 0, "none stays none"},
      {0.5, 0, 0, "a run without updates"},
      {1.0, 20, 1, "one update, not the whole run"},
      {500.0, 20, 500, "an integer, longer than the run"},
      {2.5, 20, 2.5, "strategies that do not look at it may hold any number"},
  };
  for (const Row& row : rows) EXPECT_EQ(absolute_steps(row.steps, row.max_steps), row.expected) << row.why;
}

TEST(ResumePoint, FollowsFromTheUpdatesDone) {
  struct Row {
    std::int64_t global_step, epoch, first_update, skip;
    const char* why;
  };
  const std::vector<Row> rows = {
      {0, 0, 0, 0, "nothing done"},
      {2, 0, 2, 4, "within the first epoch"},
      {3, 1, 0, 0, "at the end of an epoch: the next one begins"},
      {5, 1, 2, 4, "within the second epoch"},
      {9, 3, 0, 0, "at the end of the run"},
  };
  const StepPlan plan = plan_steps(5, 2, 3.0, -1);
  for (const Row& row : rows) {
    const ResumePoint point = resume_point(plan, row.global_step, false);
    EXPECT_EQ(point.epoch, row.epoch) << row.why;
    EXPECT_EQ(point.first_update, row.first_update) << row.why;
    EXPECT_EQ(point.skip, row.skip) << row.why;
  }
}

TEST(ResumePoint, BeginsTheEpochAgainIfDataIsNotSkipped) {
  const ResumePoint point = resume_point(plan_steps(8, 1, 3.0, -1), 13, true);
  EXPECT_EQ(point.epoch, 1);
  EXPECT_EQ(point.first_update, 0);
  EXPECT_EQ(point.skip, 0);
}

TEST(SpeedMetrics, AreRoundedAsInPython) {
  struct Row {
    double seconds, samples, runtime, rate;
    const char* why;
  };
  const std::vector<Row> rows = {
      {1.23456789, 100, 1.2346, 81.0, "plain"},
      {8.0, 0.5, 8.0, 0.062, "0.0625 is exact, so it goes to the even neighbour"},
      {8.0, 1.5, 8.0, 0.188, "0.1875 likewise, upwards"},
      {1.0, 2.0005, 1.0, 2.001, "2.0005 is a little more in binary"},
      {1.0, 1.0005, 1.0, 1.0, "1.0005 is a little less"},
      {0.00003, 3, 0.0, 100000.0, "rates of a runtime that is shown as 0"},
      {1e-300, 1e9, 0.0, kInfinity, "beyond doubles"},
      {3.0, 1e300, 3.0, 1e300 / 3.0, "nothing to round"},
  };
  for (const Row& row : rows) {
    const Record metrics = speed_metrics("eval", row.seconds, {.samples = row.samples});
    EXPECT_EQ(metrics, (Record{{"eval_runtime", row.runtime}, {"eval_samples_per_second", row.rate}})) << row.why;
  }
}

TEST(SpeedMetrics, HaveEveryRateThatIsCountedInThisOrder) {
  const Record expected = {{"train_runtime", 2.0},
                           {"train_samples_per_second", 32.0},
                           {"train_steps_per_second", 4.0},
                           {"train_tokens_per_second", 512.0}};
  EXPECT_EQ(speed_metrics("train", 2.0, {.samples = 64, .steps = 8, .tokens = 1024}), expected);
}

TEST(SpeedMetrics, HaveNoRatesWithoutARuntime) {
  EXPECT_EQ(speed_metrics("test", 0.0, {.samples = 64, .steps = 8}), (Record{{"test_runtime", 0.0}}));
}

}  // namespace
}  // namespace baton
