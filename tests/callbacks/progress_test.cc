#include "baton/callbacks/progress.h"

#include "tests/fakes/fake_console.h"
#include "tests/fakes/fake_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace baton {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class Progress : public testing::Test {
 protected:
  void step_to(std::int64_t step) {
    screen.clock.advance(1s);
    run.at_step(step).step_end(progress);
  }
  std::vector<std::string> seen() const { return screen.terminal.screen(); }

  fakes::FakeRun run;
  fakes::ScreenConsole screen;
  ProgressCallback progress{screen.console};
};

TEST_F(Progress, FollowsTheUpdates) {
  run.train_begin(progress);
  EXPECT_EQ(progress.training_bar(), (BarState{0, 100, true}));
  step_to(1);
  step_to(2);
  EXPECT_EQ(progress.training_bar(), (BarState{2, 100, true}));
  EXPECT_THAT(seen(),
              ElementsAre(AllOf(StartsWith("training   2%|"), HasSubstr("| 2/100 [00:02<01:38, 1.00 steps/s]"))));
}

TEST_F(Progress, JumpsToTheResumedStepAndCountsOnlyItsOwnForTheRate) {
  run.at_step(90).train_begin(progress);
  EXPECT_EQ(progress.training_bar(), (BarState{0, 100, true}));
  EXPECT_THAT(seen(), ElementsAre(HasSubstr(" 90/100 [00:00<?, ? steps/s]")));
  step_to(91);
  EXPECT_EQ(progress.training_bar(), (BarState{91, 100, true}));
  EXPECT_THAT(seen(), ElementsAre(HasSubstr(" 91/100 [00:01<00:09, 1.00 steps/s]")));
}

TEST_F(Progress, WritesRecordsAboveTheBarAndKeepsTheLatestLoss) {
  run.train_begin(progress);
  step_to(2);
  run.log(progress, {{"loss", 0.123456}, {"epoch", 0.5}});
  run.log(progress, {{"eval_loss", 0.5}});
  EXPECT_THAT(seen(), ElementsAre("{'loss': '0.1235', 'epoch': '0.5'}", "{'eval_loss': '0.5'}",
                                  AllOf(StartsWith("training "), EndsWith("steps/s, loss 0.1235]"))));
}

TEST_F(Progress, LeavesTheRecordAloneD13) {
  const LogRecord logs{{"loss", 0.5}, {"total_flos", 1e12}, {"text", std::string(101, 'x')}};
  const LogRecord before = logs;
  run.train_begin(progress);
  run.log(progress, logs);
  EXPECT_EQ(logs, before);
}

TEST_F(Progress, ShortensTextsToItsLimit) {
  ProgressCallback narrow(screen.console, 3);
  run.train_begin(narrow);
  run.log(narrow, {{"a", "xyz"}, {"b", "wxyz"}});
  EXPECT_THAT(seen()[0], StartsWith("{'a': 'xyz', 'b': '[String too long to display, length: 4 > 3."));
}

TEST_F(Progress, BringsTheTrainingBarUpToDateBeforeAnEvaluation) {
  run.train_begin(progress);
  run.at_step(1).step_end(progress);
  run.prediction_step(progress, 8);
  EXPECT_THAT(seen(), ElementsAre(HasSubstr(" 1/100 "), HasSubstr(" 0/8 ")));
}

TEST_F(Progress, NestsTheEvaluationBarAndTakesItAwayAgain) {
  run.train_begin(progress);
  for (int batch = 0; batch < 3; ++batch) {
    screen.clock.advance(1s);
    run.prediction_step(progress, 8);
  }
  EXPECT_EQ(progress.prediction_bar(), (BarState{3, 8, false}));
  EXPECT_THAT(seen(), ElementsAre(StartsWith("training "), AllOf(StartsWith("evaluating  37%|"), HasSubstr("| 3/8 ["),
                                                                 EndsWith(" batches/s]"))));
  run.log(progress, {{"eval_loss", 0.5}});
  run.evaluate(progress, {});
  EXPECT_EQ(progress.prediction_bar(), std::nullopt);
  EXPECT_THAT(seen(), ElementsAre("{'eval_loss': '0.5'}", StartsWith("training ")));
}

TEST_F(Progress, StartsAFreshEvaluationBarEachTime) {
  run.train_begin(progress);
  run.prediction_step(progress, 8);
  run.evaluate(progress, {});
  run.prediction_step(progress, 2);
  EXPECT_EQ(progress.prediction_bar(), (BarState{1, 2, false}));
  run.predict(progress, {});
  EXPECT_EQ(progress.prediction_bar(), std::nullopt);
}

TEST_F(Progress, ShowsNoEvaluationBarForDataWithoutALength) {
  run.prediction_step(progress, std::nullopt);
  EXPECT_EQ(progress.prediction_bar(), std::nullopt);
}

TEST_F(Progress, KeepsTheBarOfAnEvaluationOutsideOfTrainingAndShowsNoRecord) {
  run.prediction_step(progress, 1);
  EXPECT_EQ(progress.prediction_bar(), (BarState{1, 1, true}));
  run.log(progress, {{"eval_loss", 0.5}});
  run.evaluate(progress, {});
  EXPECT_THAT(seen(), ElementsAre(AllOf(StartsWith("evaluating 100%|"), HasSubstr(" 1/1 ")), ""));
}

TEST_F(Progress, LeavesTheFullTrainingBarAtTheEnd) {
  run.train_begin(progress);
  run.at_step(100).step_end(progress);
  run.train_end(progress);
  EXPECT_EQ(progress.training_bar(), std::nullopt);
  EXPECT_THAT(seen(), ElementsAre(AllOf(StartsWith("training 100%|#"), HasSubstr(" 100/100 ")), ""));
}

TEST_F(Progress, LeavesTheBarWhereARunBrokeOff) {
  run.train_begin(progress);
  step_to(7);
  run.prediction_step(progress, 3);
  run.close(progress, RunStatus::kFailed);
  EXPECT_THAT(seen(), ElementsAre(HasSubstr(" 7/100 "), ""));
}

TEST_F(Progress, ShowsNothingOnOtherRanks) {
  run.state.is_world_process_zero = false;
  run.train_begin(progress);
  step_to(1);
  run.prediction_step(progress, 3);
  run.log(progress, {{"loss", 1.0}});
  EXPECT_EQ(progress.training_bar(), std::nullopt);
  EXPECT_EQ(progress.prediction_bar(), std::nullopt);
  EXPECT_EQ(screen.terminal.writes, 0);
}

TEST_F(Progress, ReadsTheClockOnceAndDrawsNothingForAStepBetweenDrawings) {
  run.train_begin(progress);
  screen.terminal.writes = screen.clock.reads = 0;
  run.at_step(1).step_end(progress);
  EXPECT_EQ(screen.clock.reads, 1);
  EXPECT_EQ(screen.terminal.writes, 0);
}

TEST(ProgressInAFile, WritesAFewLinesAndTheRecords) {
  fakes::FakeRun run;
  fakes::FileConsole file;
  ProgressCallback progress(file.console);
  run.train_begin(progress);
  for (std::int64_t step = 1; step <= 100; ++step) {
    file.clock.advance(300ms);
    run.at_step(step).step_end(progress);
    if (step % 50 == 0) run.log(progress, {{"loss", 1.0 / static_cast<double>(step)}});
  }
  for (int batch = 0; batch < 8; ++batch) run.prediction_step(progress, 8);
  run.evaluate(progress, {});
  run.train_end(progress);
  EXPECT_THAT(file.out.lines(), ElementsAre("{'loss': '0.02'}", "{'loss': '0.01'}"));
  EXPECT_THAT(file.err.lines(), ElementsAre("training   0% 0/100 [00:00<?, ? steps/s]",
                                            "training  34% 34/100 [00:10<00:19, 3.33 steps/s]",
                                            "training  68% 68/100 [00:20<00:09, 3.33 steps/s, loss 0.02]",
                                            "training 100% 100/100 [00:30<00:00, 3.33 steps/s, loss 0.01]"));
}

}  // namespace
}  // namespace baton
