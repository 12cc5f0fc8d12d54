// Evaluation and prediction, seen through the loop.
#include "baton/core/errors.h"
#include "tests/fakes/loop_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <string>
#include <vector>

namespace baton {
namespace {

using fakes::LoopFixture;
using fakes::Steps;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> keys(const Record& record) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : record) keys.push_back(key);
  return keys;
}

/// Two named sets; the second has a metric of the user's.
struct TwoSets : LoopFixture {
  TwoSets() {
    script.eval_sets = {{"a", {.samples = 16}}, {"b", {.samples = 8}}};
    script.eval_sets[1].second.metrics = {{"f1", {{0.25, 0.75}, {}}}};
  }
};

TEST(Evaluation, MetricsComeInOrderAndLandInTheLog) {
  LoopFixture run;
  run.eval_losses({2});
  run.script.eval_sets.front().second.metrics = {{"f1", {{1.0}, {}}}, {"eval_exact", {{0.5}, {}}}};
  run.add({.on_prediction_step = [&](PredictionStepEvent&) { run.clock.advance(std::chrono::milliseconds(250)); }});
  const Record metrics = run.start().evaluate();
  EXPECT_THAT(keys(metrics), ElementsAre("eval_loss", "eval_f1", "eval_exact", "eval_runtime",
                                         "eval_samples_per_second", "eval_steps_per_second", "epoch"));
  EXPECT_EQ(metrics.number("eval_runtime"), 2.0);
  EXPECT_EQ(metrics.number("eval_samples_per_second"), 32.0);
  EXPECT_EQ(metrics.number("eval_steps_per_second"), 4.0);
  EXPECT_EQ(run.seen().back().kind, EventKind::kEvaluate);
  EXPECT_EQ(run.seen().back().record, metrics);
}

TEST(Evaluation, EachSetHasItsOwnEventsAndPrefix) {
  TwoSets run;
  const Record metrics = run.start().evaluate();
  EXPECT_EQ(run.events(), "I P(2) L EV P L EV");
  EXPECT_EQ(metrics.number("eval_a_loss"), 0.5);
  EXPECT_EQ(metrics.number("eval_b_f1"), 0.25);
  EXPECT_FALSE(metrics.contains("eval_a_f1"));
  EXPECT_EQ(run.state().log_history.size(), 2U);
}

TEST(Evaluation, AnyOfTheSetsMayHoldTheWatchedMetric) {
  TwoSets run;
  run.args.max_steps = 2;
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.eval_steps = 1;
  run.args.metric_for_best_model = "b_f1";
  run.train();
  EXPECT_EQ(run.state().best_metric, 0.75);
}

TEST(Evaluation, AWatchedMetricThatNoneReturnsIsAnError) {
  TwoSets run;
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.eval_steps = 1;
  run.args.metric_for_best_model = "f1";
  EXPECT_THROW(run.train(), MissingMetricError);
  EXPECT_EQ(run.evals(), Steps({1, 1})) << "callbacks have seen it before";
}

TEST(Evaluation, TheBestMoveAfterTheCallbacksHaveSeenTheMetrics) {
  LoopFixture run;
  run.args.max_steps = 2;
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.eval_steps = 1;
  run.args.metric_for_best_model = "loss";
  run.eval_losses({2, 1});
  std::vector<double> best;
  run.add({.on_evaluate = [&](EvaluateEvent& event) { best.push_back(event.state.best_metric.value_or(-1)); }});
  run.train();
  EXPECT_THAT(best, ElementsAre(-1, 2));
  EXPECT_EQ(run.state().best_metric, 1);
}

TEST(Evaluation, AtTheStartItMovesNeitherTheBestNorThePlateau) {
  LoopFixture run;
  run.args.max_steps = 1;
  run.args.eval_on_start = true;
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.metric_for_best_model = "loss";
  run.args.lr_scheduler_type = LrSchedulerType::kReduceLrOnPlateau;
  run.args.lr_scheduler_kwargs = {{"patience", 0}};
  run.args.logging_steps = 1;
  run.eval_losses({1, 2});
  run.train();
  EXPECT_EQ(run.events(), "I TB P(8) L EV EB U L P(8) L EV SV EE L TE");
  EXPECT_EQ(run.state().best_metric, 2);
}

TEST(Evaluation, GivenDataAndAnotherPrefix) {
  LoopFixture run;
  run.start();
  run.engine().give_samples(20);
  const Record metrics = run.loop().evaluate_given("extra");
  EXPECT_EQ(run.events(), "I P(3) L EV");
  EXPECT_TRUE(metrics.contains("extra_loss"));
}

TEST(Evaluation, WithoutASampleThereIsNoLoss) {
  LoopFixture run;
  run.start();
  run.engine().give_samples(0);
  EXPECT_THAT(keys(run.loop().evaluate_given()), ElementsAre("eval_runtime", "epoch"));
}

TEST(Evaluation, OfNonfiniteLossesTheFilterLeavesTheFiniteOnes) {
  for (const bool filter : {true, false}) {
    LoopFixture run;
    run.args.logging_nan_inf_filter = filter;
    run.script.eval_sets = {{"", {.samples = 16, .losses = {{{{std::nan(""), 3}, 0}}, {}}}}};
    const double loss = run.start().evaluate().number("eval_loss");
    EXPECT_EQ(std::isnan(loss), !filter);
    if (filter) {
      EXPECT_EQ(loss, 3);
    }
  }
}

TEST(Prediction, CountsBatchesAndLogsNothing) {
  LoopFixture run;
  run.script.predictions.metrics = {{"f1", {{0.5}, {}}}};
  run.start();
  run.engine().give_samples(17);
  const Record metrics = run.loop().predict("final");
  EXPECT_EQ(run.events(), "I P(3) PR");
  EXPECT_EQ(metrics.number("final_f1"), 0.5);
  EXPECT_FALSE(metrics.contains("epoch"));
  EXPECT_THAT(run.state().log_history, IsEmpty());
}

}  // namespace
}  // namespace baton
