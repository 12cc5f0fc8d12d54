#include "src/core/run_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "baton/callbacks/early_stopping.h"
#include "baton/callbacks/lambda.h"
#include "baton/core/errors.h"
#include "tests/fakes/planned.h"

namespace baton {
namespace {

using fakes::plan_of;
using fakes::PlannedData;
using fakes::steps_in;
using testing::ElementsAre;
using testing::IsEmpty;
using Steps = std::vector<std::int64_t>;

// --- when: the recorded cases of hf-contract §13, 64 samples in 8 batches where nothing else is said ---

struct Case {
  std::string why;
  TrainingArguments args;
  PlannedData data;
  std::int64_t last_step;
  Steps logs, evaluations, saves;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.why; }

class RunPlanCases : public testing::TestWithParam<Case> {};

TEST_P(RunPlanCases, SayWhatTheReferenceDid) {
  const Case& c = GetParam();
  const PlannedRun run = plan_of(c.args, c.data).run;
  EXPECT_EQ(run.last_step, c.last_step);
  EXPECT_EQ(steps_in(run.logs), c.logs);
  EXPECT_EQ(steps_in(run.evaluations), c.evaluations);
  EXPECT_EQ(steps_in(run.saves), c.saves);
}

constexpr auto kByEvalSteps = EvalStrategy::kSteps;
constexpr auto kNoSaves = SaveStrategy::kNo;

INSTANTIATE_TEST_SUITE_P(
    HfContract, RunPlanCases,
    testing::Values(
        Case{"1: the last update is saved", {}, {}, 24, {}, {}, {24}},
        Case{"3: saves by steps and at the end", {.save_steps = 5}, {}, 24, {}, {}, {5, 10, 15, 20, 24}},
        Case{"5: evaluations by epochs", {.eval_strategy = EvalStrategy::kEpoch}, {}, 24, {}, {8, 16, 24}, {24}},
        Case{"6: all three by steps",
             {.logging_steps = 3, .eval_strategy = kByEvalSteps, .eval_steps = 5, .save_steps = 10},
             {},
             24,
             {3, 6, 9, 12, 15, 18, 21, 24},
             {5, 10, 15, 20, 24},
             {10, 20, 24}},
        Case{"7: an epoch strategy in a run that ends within its first epoch",
             {.max_steps = 2, .save_strategy = SaveStrategy::kEpoch},
             {},
             2,
             {},
             {},
             {2}},
        Case{"8: logs by epochs",
             {.max_steps = 11, .logging_strategy = LoggingStrategy::kEpoch, .save_strategy = kNoSaves},
             {},
             11,
             {8, 11},
             {},
             {}},
        Case{"9: an evaluation before the first update",
             {.num_train_epochs = 1, .eval_strategy = EvalStrategy::kEpoch, .eval_on_start = true},
             {},
             8,
             {},
             {0, 8},
             {8}},
        Case{"12: no epoch at all", {.num_train_epochs = 0}, {}, 0, {}, {}, {}},
        Case{"13: a short last window is an update",
             {.num_train_epochs = 1, .gradient_accumulation_steps = 2, .logging_steps = 1},
             {.train_samples = 40},
             3,
             {1, 2, 3},
             {},
             {3}},
        Case{"17: half an epoch", {.num_train_epochs = 2.5}, {}, 20, {}, {}, {20}},
        Case{"19: dropped batches are no updates",
             {.num_train_epochs = 1, .dataloader_drop_last = true},
             {.train_samples = 66},
             8,
             {},
             {},
             {8}},
        Case{"22: a fraction of the run",
             {.max_steps = 10, .logging_steps = .25, .save_strategy = kNoSaves},
             {},
             10,
             {3, 6, 9},
             {},
             {}},
        Case{"25: the first update is logged",
             {.max_steps = 8, .logging_steps = 4, .logging_first_step = true, .save_strategy = kNoSaves},
             {},
             8,
             {1, 4, 8},
             {},
             {}},
        Case{"26: a delayed evaluation",
             {.max_steps = 10, .eval_strategy = kByEvalSteps, .eval_steps = 2, .eval_delay = 5},
             {},
             10,
             {},
             {6, 8, 10},
             {10}}));

TEST(RunPlan, CountsEpochsAsTheStateDoes) { EXPECT_EQ(plan_of({.max_steps = 11}).run.last_epoch, 1.375); }

TEST(RunPlan, StopsWhereThereIsNoBatch) {
  const RunPlan plan = plan_of({.max_steps = 5, .dataloader_drop_last = true}, {.train_samples = 7});
  EXPECT_EQ(plan.run.last_step, 0);
  ASSERT_FALSE(plan.notices.empty());
  EXPECT_EQ(plan.notices.front().id, "no_samples");
}

TEST(RunPlan, CountsTheSamplesOfAnUpdate) {
  EXPECT_EQ(plan_of({.gradient_accumulation_steps = 4}).samples_per_update(), 32);
  EXPECT_EQ(plan_of({.gradient_accumulation_steps = 100}).samples_per_update(), 64);
  EXPECT_EQ(plan_of({.gradient_accumulation_steps = 4}, {.train_samples = 9}).samples_per_update(), 9);
}

TEST(RunPlan, CountsEvaluationBatchesWithoutPlayingThem) {
  EXPECT_EQ(plan_of({.eval_strategy = EvalStrategy::kEpoch}, {.eval_samples = 8'000'000'001}).eval_batches,
            1'000'000'001);
}

// --- which checkpoints stay ---

TEST(RunPlan, KeepsTheNewestCheckpointsUpToTheLimit) {  // case 54
  EXPECT_THAT(steps_in(plan_of({.save_steps = 5, .save_total_limit = 2}).run.checkpoints), ElementsAre(20, 24));
  EXPECT_THAT(steps_in(plan_of({.save_steps = 5}).run.checkpoints), ElementsAre(5, 10, 15, 20, 24));
}

TEST(RunPlan, KeepsTheBestCheckpointWhicheverItIs) {
  const RunPlan plan = plan_of({.eval_strategy = kByEvalSteps,
                                .eval_steps = 5,
                                .save_steps = 5,
                                .save_total_limit = 2,
                                .load_best_model_at_end = true});
  EXPECT_THAT(steps_in(plan.run.checkpoints), ElementsAre(20, 24));
  ASSERT_TRUE(plan.run_without_gain);
  EXPECT_THAT(steps_in(plan.run_without_gain->checkpoints), ElementsAre(5, 24));
  EXPECT_TRUE(plan.run.ends_with_best);
}

TEST(RunPlan, KeepsBestWeightsBetweenTwoCheckpoints) {  // D4
  const RunPlan plan =
      plan_of({.eval_strategy = kByEvalSteps, .eval_steps = 5, .save_steps = 10, .load_best_model_at_end = true});
  EXPECT_FALSE(plan.run.has_best_folder) << "the last update is both evaluated and saved";
  EXPECT_TRUE(plan.run_without_gain->has_best_folder) << "update 5 is evaluated, not saved";
}

TEST(RunPlan, SavesBetweenOneAndAllEvaluationsWithSaveStrategyBest) {
  const RunPlan plan = plan_of({.max_steps = 6,
                                .eval_strategy = kByEvalSteps,
                                .eval_steps = 2,
                                .save_strategy = SaveStrategy::kBest,
                                .metric_for_best_model = "accuracy"});
  EXPECT_THAT(steps_in(plan.run.saves), ElementsAre(2, 4, 6));
  EXPECT_THAT(steps_in(plan.run_without_gain->saves), ElementsAre(2));
}

TEST(RunPlan, IsPlayedOnceWhereNoMetricIsWatched) {
  EXPECT_FALSE(plan_of({.eval_strategy = EvalStrategy::kEpoch}).run_without_gain);
}

// --- the learning rate ---

TEST(RunPlan, ShowsWarmUpAndDecay) {
  const PlannedRun run =
      plan_of({.max_steps = 10, .learning_rate = 1.0, .lr_scheduler_type = LrSchedulerType::kLinear, .warmup_steps = 4})
          .run;
  ASSERT_EQ(run.rate.size(), 2u);
  EXPECT_EQ(run.rate[0].trend, RateTrend::kRises);
  EXPECT_EQ(run.rate[0].from.rate, 0.0) << "the first update has the rate 0";
  EXPECT_EQ(run.rate[0].to.step, 5) << "the first update after the warm-up";
  EXPECT_EQ(run.rate[0].to.rate, 1.0);
  EXPECT_EQ(run.rate[1].to.step, 10);
  EXPECT_DOUBLE_EQ(run.rate[1].to.rate, 1.0 / 6);
}

TEST(RunPlan, FindsNoTurnsWithinACosine) {
  const PlannedRun run =
      plan_of({.max_steps = 100'000, .lr_scheduler_type = LrSchedulerType::kCosine, .save_strategy = kNoSaves}).run;
  ASSERT_EQ(run.rate.size(), 1u);
  EXPECT_EQ(run.rate[0].trend, RateTrend::kFalls);
}

TEST(RunPlan, ShowsTheRateAtTheQuarters) {
  Steps steps;
  for (const RatePoint& point : plan_of({.max_steps = 10}).run.quarters) steps.push_back(point.step);
  EXPECT_THAT(steps, ElementsAre(3, 5, 8));
  EXPECT_THAT(plan_of({.max_steps = 3}).run.quarters, IsEmpty());
}

TEST(RunPlan, ShowsTheExtremesOfAScheduleThatFollowsAMetric) {
  const RunPlan plan = plan_of({.num_train_epochs = 20,
                                .learning_rate = 1.0,
                                .lr_scheduler_type = LrSchedulerType::kReduceLrOnPlateau,
                                .eval_strategy = EvalStrategy::kEpoch});
  EXPECT_TRUE(plan.run.rate_follows_metric);
  EXPECT_EQ(plan.run.rate.back().to.rate, 1.0);
  EXPECT_LT(plan.run_without_gain->rate.back().to.rate, 1.0);
}

// --- callbacks of the program ---

RunPlan plan_with(const TrainingArguments& args, std::function<CallbackList()> callbacks) {
  return plan_run({.args = resolve(args), .train_samples = 64, .eval_samples = 64, .callbacks = std::move(callbacks)});
}

TEST(RunPlan, SaysHowEarlyEarlyStoppingCanStop) {
  const RunPlan plan =
      plan_with({.num_train_epochs = 10, .eval_strategy = EvalStrategy::kEpoch, .metric_for_best_model = "accuracy"},
                [] { return CallbackList{std::make_shared<EarlyStoppingCallback>(2, 1000.0)}; });
  EXPECT_EQ(plan.run.last_step, 80);
  EXPECT_EQ(plan.run_without_gain->last_step, 24) << "the third evaluation";
}

TEST(RunPlan, PlaysTheProgramsCallbacks) {
  const RunPlan plan = plan_with({}, [] {
    LambdaEvents stop{
        .on_step_end = [](StepEvent& event) { event.control.should_training_stop = event.state.global_step == 3; }};
    return CallbackList{std::make_shared<LambdaCallback>(std::move(stop))};
  });
  EXPECT_EQ(plan.run.last_step, 3);
}

// --- what cannot be planned ---

TEST(RunPlan, RefusesWhatTheRunWouldRefuse) {
  EXPECT_THROW(plan_of({.eval_strategy = EvalStrategy::kEpoch}, {.eval_samples = 0}), ConfigError);
  EXPECT_THROW(plan_of({.lr_scheduler_type = LrSchedulerType::kCosineWithMinLr}), ConfigError);
}

TEST(RunPlan, RefusesARunThatWouldTakeHours) {
  EXPECT_THROW(plan_of({.max_steps = kLongestPlan + 1}), ConfigError);
  EXPECT_THROW(plan_of({.max_steps = kLongestPlan / 8 + 1, .gradient_accumulation_steps = 100}), ConfigError);
}

}  // namespace
}  // namespace baton
