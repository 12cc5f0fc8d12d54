#include "baton/core/default_flow.h"

#include "tests/fakes/fake_run.h"

#include <gtest/gtest.h>

#include <limits>

namespace baton {
namespace {

class DefaultFlow : public testing::Test {
 protected:
  DefaultFlow() {
    run.args.logging_strategy = LoggingStrategy::kNo;
    run.args.save_strategy = SaveStrategy::kNo;
  }

  FlowDecision step(std::int64_t step) { return decide_step_end(run.args, run.at_step(step).state); }

  fakes::FakeRun run;
};

constexpr FlowDecision kNothing{};
constexpr FlowDecision kLog{.log = true};
constexpr FlowDecision kEvaluate{.evaluate = true};
constexpr FlowDecision kSave{.save = true};
constexpr FlowDecision kStop{.stop = true};

TEST_F(DefaultFlow, LogsAtMultiplesOfTheStatesCadence) {
  run.args.logging_strategy = LoggingStrategy::kSteps;
  run.args.logging_steps = 2;
  run.state.logging_steps = 3;
  EXPECT_EQ(step(2), kNothing) << "the arguments' cadence does not count";
  EXPECT_EQ(step(3), kLog);
  EXPECT_EQ(step(4), kNothing);
  EXPECT_EQ(step(6), kLog);
}

TEST_F(DefaultFlow, LogsTheFirstStepWhateverTheStrategy) {
  run.args.logging_first_step = true;
  for (const auto strategy : {LoggingStrategy::kNo, LoggingStrategy::kSteps, LoggingStrategy::kEpoch}) {
    run.args.logging_strategy = strategy;
    EXPECT_EQ(step(1), kLog);
    EXPECT_EQ(step(2), kNothing);
  }
}

TEST_F(DefaultFlow, EvaluatesFromTheDelayOn) {
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.eval_delay = 5;
  run.state.eval_steps = 2;
  EXPECT_EQ(step(4), kNothing);
  EXPECT_EQ(step(5), kNothing);
  EXPECT_EQ(step(6), kEvaluate);
}

TEST_F(DefaultFlow, SavesAtMultiplesOfAPositiveCadenceOnly) {
  run.args.save_strategy = SaveStrategy::kSteps;
  run.state.save_steps = 4;
  EXPECT_EQ(step(4), kSave);
  EXPECT_EQ(step(5), kNothing);
  run.state.save_steps = -4;
  EXPECT_EQ(step(4), kNothing);
}

TEST_F(DefaultFlow, StopsAtMaxStepsAndPastIt) {
  EXPECT_EQ(step(99), kNothing);
  EXPECT_EQ(step(100), kStop);
  EXPECT_EQ(step(101), kStop);
}

TEST_F(DefaultFlow, EvaluatesAndSavesAtTheLastStepUnderStepsStrategiesWithoutLogging) {
  run.args.logging_strategy = LoggingStrategy::kSteps;
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.save_strategy = SaveStrategy::kSteps;
  run.state.logging_steps = run.state.eval_steps = run.state.save_steps = 7;
  EXPECT_EQ(step(100), (FlowDecision{.evaluate = true, .save = true, .stop = true}));
  run.args.eval_delay = 101;
  EXPECT_EQ(step(100), (FlowDecision{.save = true, .stop = true})) << "the delay holds at the end too";
}

TEST_F(DefaultFlow, NeitherEvaluatesNorSavesAtTheLastStepUnderOtherStrategies) {
  run.args.eval_strategy = EvalStrategy::kEpoch;
  run.args.save_strategy = SaveStrategy::kEpoch;
  EXPECT_EQ(step(100), kStop);
  run.args.save_strategy = SaveStrategy::kBest;
  EXPECT_EQ(step(100), kStop);
}

TEST_F(DefaultFlow, TakesAnyCadenceAStateFileMayHold) {
  struct Row {
    Value cadence;
    std::int64_t step;
    bool logs;
    const char* why;
  };
  run.args.logging_strategy = LoggingStrategy::kSteps;
  for (const Row& row :
       {Row{0, 5, false, "zero is never due, and no division by it"}, Row{0.0, 5, false, "the same as a float"},
        Row{2.5, 5, true, "5 % 2.5 is 0 in Python"}, Row{2.5, 4, false, "4 % 2.5 is 1.5"},
        Row{3.0, 6, true, "a whole float"}, Row{-5, 10, true, "Python: 10 % -5 is 0"},
        Row{std::numeric_limits<double>::infinity(), 10, false, "10 % inf is 10"},
        Row{nullptr, 10, false, "no cadence"}}) {
    run.state.logging_steps = row.cadence;
    EXPECT_EQ(step(row.step).log, row.logs) << row.why;
  }
}

TEST_F(DefaultFlow, AnswersEpochStrategiesAtTheEndOfAnEpoch) {
  EXPECT_EQ(decide_epoch_end(run.args, run.state), kNothing);
  run.args.logging_strategy = LoggingStrategy::kEpoch;
  run.args.eval_strategy = EvalStrategy::kEpoch;
  run.args.save_strategy = SaveStrategy::kEpoch;
  EXPECT_EQ(decide_epoch_end(run.args, run.state), (FlowDecision{.log = true, .evaluate = true, .save = true}));
  EXPECT_EQ(step(10), kNothing);
}

TEST_F(DefaultFlow, CountsTheDelayInEpochsUnderTheEpochStrategy) {
  run.args.eval_strategy = EvalStrategy::kEpoch;
  run.args.eval_delay = 1.5;
  run.state.epoch = 1.0;
  EXPECT_EQ(decide_epoch_end(run.args, run.state), kNothing);
  run.state.epoch = 2.0;
  EXPECT_EQ(decide_epoch_end(run.args, run.state), kEvaluate);
}

TEST_F(DefaultFlow, SetsFlagsAndClearsNone) {
  DefaultFlowCallback flow;
  const TrainerControl all{true, true, true, true, true};
  run.control = all;
  run.at_step(1).step_end(flow);
  run.epoch_end(flow);
  EXPECT_EQ(run.control, all);

  run.control = {};
  run.args.save_strategy = SaveStrategy::kSteps;
  run.at_step(100).step_end(flow);
  EXPECT_EQ(run.control, (TrainerControl{.should_training_stop = true, .should_save = true}));
}

TEST_F(DefaultFlow, SetsEpochFlagsThroughTheCallback) {
  DefaultFlowCallback flow;
  run.args.logging_strategy = LoggingStrategy::kEpoch;
  run.epoch_end(flow);
  EXPECT_EQ(run.control, (TrainerControl{.should_log = true}));
}

}  // namespace
}  // namespace baton
