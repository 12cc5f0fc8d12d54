#include "tests/fakes/loop_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace baton {
namespace {

using fakes::LoopFixture;
using testing::Each;
using testing::ElementsAre;

struct Overridden : LoopFixture {
  Overridden() {
    args.max_steps = 4;
    args.logging_steps = 2;
  }
};

TEST(LoopOverrides, EveryRecordPassesTheProgramsLog) {
  Overridden run;
  run.overrides.log = [&](LogRecord& logs) {
    logs.set("room", 21);
    run.loop().log(logs);
  };
  const TrainOutput output = run.train();
  EXPECT_THAT(run.logged("room"), ElementsAre(21, 21, 21));
  EXPECT_EQ(output.metrics.number("room"), 21);
}

TEST(LoopOverrides, TheTokenRateStaysWithItsRecord) {
  Overridden run;
  run.args.include_num_input_tokens_seen = TokenCounting::kAll;
  LambdaEvents clockwork;
  clockwork.on_step_begin = [&](StepEvent&) { run.clock.advance(std::chrono::seconds(1)); };
  run.add(std::move(clockwork));
  run.overrides.log = [&](LogRecord& logs) { run.loop().log(logs); };
  run.train();
  EXPECT_EQ(run.logged("train_tokens_per_second").size(), 2U) << "the final record has none";
}

TEST(LoopOverrides, TrainingEvaluatesAsTheProgramDoes) {
  Overridden run;
  run.eval_losses({5, 4});
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.eval_steps = 2;
  run.args.metric_for_best_model = "score";
  run.args.greater_is_better = true;
  double score = 0;
  run.overrides.evaluate = [&] {
    Record metrics = run.loop().evaluate("eval");
    metrics.set("eval_score", ++score);
    return metrics;
  };
  run.train();
  EXPECT_THAT(run.logged("eval_loss"), ElementsAre(5, 4));
  EXPECT_EQ(run.state().best_metric, 2.0);
}

TEST(LoopOverrides, TheProgramsScheduleRulesTheRate) {
  Overridden run;
  std::int64_t told = 0;
  run.overrides.create_scheduler = [&](const LrScheduleSpec& spec) {
    told = spec.max_steps;
    return LrScheduler([](std::int64_t updates) { return updates < 2 ? 1.0 : 0.5; });
  };
  run.train();
  EXPECT_EQ(told, 4);
  EXPECT_THAT(run.logged("learning_rate"), ElementsAre(1.0, 0.5));
}

TEST(LoopOverrides, AScheduleOfOnesOwnGoesOnAfterAResume) {
  Overridden run;
  run.args.save_steps = 2;
  run.overrides.create_scheduler = [](const LrScheduleSpec&) {
    return LrScheduler([](std::int64_t updates) { return static_cast<double>(updates); });
  };
  run.crash(EventKind::kStepBegin, 3);
  run.resume();
  EXPECT_THAT(run.logged("learning_rate"), ElementsAre(1.0, 3.0));
}

TEST(Trial, FillsItsFieldsInTheState) {
  Overridden run;
  run.trial = Trial{.name = "run-7", .params = {{"learning_rate", 0.1}}};
  run.train();
  EXPECT_TRUE(run.state().is_hyper_param_search);
  EXPECT_EQ(run.state().trial_name, Value("run-7"));
  EXPECT_EQ(run.state().trial_params, Value(Record{{"learning_rate", 0.1}}));
}

}  // namespace
}  // namespace baton
