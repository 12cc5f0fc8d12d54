// What DIFFERENCES.md promises about a run: where the reference would do otherwise, each test fails. Of D15 nothing
// exists yet. Checkpoints: differences_checkpoint_test.cc; resumes: differences_resume_test.cc.
#include "baton/callbacks/printer.h"
#include "baton/core/errors.h"
#include "tests/fakes/fake_console.h"
#include "tests/fakes/loop_fixture.h"
#include "tests/fakes/test_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <regex>
#include <set>
#include <string>
#include <type_traits>

namespace baton {
namespace {

using fakes::LoopFixture;
using fakes::Steps;
using testing::DoubleEq;
using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;
using testing::NanSensitiveDoubleEq;

constexpr auto kTrainingStop = &TrainerControl::should_training_stop;
constexpr auto kSave = &TrainerControl::should_save;
constexpr auto kEvaluate = &TrainerControl::should_evaluate;

const double kNan = std::nan("");

/// Two micro batches an update; the epoch is left in the middle of its second window.
struct LeftWindow : LoopFixture {
  LeftWindow() {
    script.train_samples = 32;
    args.num_train_epochs = 2;
    args.logging_steps = 1;
    args.gradient_accumulation_steps = 2;
    add({.on_substep_end = [calls = 0](StepEvent& event) mutable { event.control.should_epoch_stop = ++calls == 2; }});
  }
};

TEST(D1, GradientsOfAWindowLeftEarlyAreZeroed) {
  LeftWindow run;
  run.script.micro_grads.values = {1, 1, 100, 3, 3};
  run.train();
  EXPECT_EQ(run.events(), "I TB EB SB SS PO OS SE L SB SS EE EB SB SS PO OS SE L SB SS PO OS SE L EE L TE");
  EXPECT_THAT(run.logged("grad_norm"), ElementsAre(1, 3, 3));
}

TEST(D1, LossesOfAWindowLeftEarlyStayInTheSums) {
  LeftWindow run;
  run.script.micro_losses.values = {1, 1, 4, 3, 3, 5, 5};
  run.train();
  EXPECT_THAT(run.logged("loss"), ElementsAre(1, 3 + 4 / 2, 5));
  EXPECT_DOUBLE_EQ(run.output().training_loss, (1 + 5 + 5) / 3.0);
}

TEST(D3, SaveStrategyBestRecordsWhatItSaved) {
  LoopFixture run;
  run.args.max_steps = 10;
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.eval_steps = 2;
  run.args.save_strategy = SaveStrategy::kBest;
  run.args.load_best_model_at_end = true;
  run.eval_losses({1, .9, .95, .8, .85});
  run.train();
  EXPECT_EQ(run.saves(), Steps({2, 4, 8}));
  EXPECT_EQ(run.state().best_global_step, 8);
  EXPECT_THAT(run.state().best_model_checkpoint.value_or("none"), EndsWith("checkpoint-8"));
  EXPECT_EQ(run.loop().best_reloaded_from(), run.folder() / "checkpoint-8");
}

TEST(D3, SavingTheBestRecordsItsStepAndPlace) {
  LoopFixture run;
  run.args.max_steps = 6;
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.eval_steps = 2;
  run.args.save_strategy = SaveStrategy::kBest;
  run.args.load_best_model_at_end = true;
  run.eval_losses({3, 1, 2});
  run.train();
  EXPECT_EQ(run.state().best_global_step, 4);
  EXPECT_EQ(run.state().best_model_checkpoint, (run.folder() / "checkpoint-4").string());
  EXPECT_EQ(run.engine().updates_in_weights(), 4);
}

/// A run that evaluates twice as often as it saves.
struct UnsavedBest : LoopFixture {
  explicit UnsavedBest(std::vector<double> losses) {
    args.max_steps = 20;
    args.eval_strategy = EvalStrategy::kSteps;
    args.eval_steps = 5;
    args.save_steps = 10;
    args.load_best_model_at_end = true;
    eval_losses(std::move(losses));
  }
  std::string best() const { return state().best_model_checkpoint.value_or("none"); }
};

TEST(D4, AnUnsavedBestIsKeptAndReloaded) {
  UnsavedBest run({5, 9, 8, 7});
  run.train();
  EXPECT_EQ(run.best(), (run.folder() / "best").string());
  EXPECT_EQ(run.state().best_global_step, 5);
  EXPECT_EQ(run.loop().best_reloaded_from(), run.folder() / "best");
  EXPECT_EQ(run.engine().updates_in_weights(), 5);
}

TEST(D4, KeepingItIsNoSaveEvent) {
  UnsavedBest run({5, 9, 8, 7});
  run.train();
  EXPECT_EQ(run.saves(), Steps({10, 20}));
}

TEST(D4, RotationDoesNotCountTheKeptBest) {
  UnsavedBest run({5, 9, 8, 7});
  run.args.save_total_limit = 2;
  run.args.max_steps = 30;
  run.train();
  EXPECT_THAT(run.folders(), ElementsAre("best", "checkpoint-20", "checkpoint-30"));
}

TEST(D4, ALimitOfOneLeavesTheNewestBesideTheKeptBest) {
  UnsavedBest run({5, 9, 8, 7});
  run.args.save_total_limit = 1;
  run.train();
  EXPECT_THAT(run.folders(), ElementsAre("best", "checkpoint-20"));
}

TEST(D4, TheStateNamesTheKeptBestFromTheNextSaveOn) {
  UnsavedBest run({5, 9, 8, 7});
  run.train();
  bool saved = false;
  for (const fakes::SeenEvent& event : run.seen()) {
    saved |= event.kind == EventKind::kSave;
    EXPECT_EQ(event.best_model_checkpoint.has_value(), saved) << event_name(event.kind) << " at " << event.step;
  }
  EXPECT_THAT(run.saved(10).state.best_model_checkpoint.value_or("none"), EndsWith("/best"));
}

TEST(D4, TheStateNamesTheKeptBestAtTheEndIfNoSaveFollows) {
  UnsavedBest run({5, 9, 8, 7});
  for (const std::int64_t step : {10, 20}) run.set_flag(EventKind::kStepEnd, step, kSave, false);
  run.train();
  EXPECT_THAT(run.folders(), ElementsAre("best"));
  EXPECT_EQ(run.seen().back().kind, EventKind::kTrainEnd);
  EXPECT_THAT(run.seen().back().best_model_checkpoint.value_or("none"), EndsWith("/best"));
  EXPECT_EQ(run.seen()[run.seen().size() - 2].best_model_checkpoint, std::nullopt);
}

TEST(D4, AKeptBestThatASavedOneBeatsIsRemoved) {
  UnsavedBest run({5, 4, 8, 7});
  run.train();
  EXPECT_THAT(run.folders(), ElementsAre("checkpoint-10", "checkpoint-20"));
  EXPECT_THAT(run.best(), EndsWith("checkpoint-10"));
}

TEST(D4, AStepSaveBeforeTheEpochsEvaluationIsTheBest) {
  LoopFixture run;
  run.args.eval_strategy = EvalStrategy::kEpoch;
  run.args.save_strategy = SaveStrategy::kEpoch;
  run.args.load_best_model_at_end = true;
  run.eval_losses({5, 9, 9});
  run.set_flag(EventKind::kStepEnd, 8, kSave);
  run.set_flag(EventKind::kEpochEnd, 8, kSave, false);
  run.train();
  EXPECT_EQ(run.loop().best_reloaded_from(), run.folder() / "checkpoint-8");
  EXPECT_THAT(run.folders(), ElementsAre("checkpoint-16", "checkpoint-24", "checkpoint-8"));
}

TEST(D4, AKeptBestThatAnEarlierSaveOfTheSameStepBeatsIsRemoved) {
  LoopFixture run;
  run.args.eval_strategy = EvalStrategy::kEpoch;
  run.args.save_strategy = SaveStrategy::kEpoch;
  run.args.load_best_model_at_end = true;
  run.eval_losses({5, 4, 9});
  run.set_flag(EventKind::kStepEnd, 3, kEvaluate);
  run.set_flag(EventKind::kStepEnd, 8, kSave);
  run.set_flag(EventKind::kEpochEnd, 8, kSave, false);
  run.train();
  EXPECT_EQ(run.loop().best_reloaded_from(), run.folder() / "checkpoint-8");
  EXPECT_THAT(run.folders(), ElementsAre("checkpoint-16", "checkpoint-24", "checkpoint-8"));
}

TEST(D4, NothingIsKeptWithoutLoadBestModelAtEnd) {
  UnsavedBest run({5, 9, 8, 7});
  run.args.load_best_model_at_end = false;
  run.args.metric_for_best_model = "loss";
  run.train();
  EXPECT_THAT(run.folders(), ElementsAre("checkpoint-10", "checkpoint-20"));
  EXPECT_EQ(run.best(), "none");
  EXPECT_EQ(run.state().best_global_step, 5);
}

/// An update a second.
struct TimedRun : LoopFixture {
  TimedRun() {
    args.max_steps = 6;
    args.save_steps = 2;
    add({.on_step_end = [this](StepEvent&) { clock.advance(std::chrono::seconds(1)); }});
  }
};

TEST(D9, RatesOfAStoppedRunCountItsUpdates) {
  TimedRun run;
  run.set_flag(EventKind::kStepEnd, 3, kTrainingStop);
  run.train();
  EXPECT_EQ(run.output().metrics.number("train_runtime"), 3.0);
  EXPECT_EQ(run.output().metrics.number("train_steps_per_second"), 1.0);
  EXPECT_EQ(run.output().metrics.number("train_samples_per_second"), 8.0);
}

TEST(D9, RatesAfterAResumeCountThisCallsUpdates) {
  TimedRun run;
  run.crash(EventKind::kStepBegin, 4);
  run.resume();
  EXPECT_EQ(run.output().metrics.number("train_runtime"), 2.0);
  EXPECT_EQ(run.output().metrics.number("train_steps_per_second"), 1.0);
  EXPECT_EQ(run.output().metrics.number("train_samples_per_second"), 8.0);
}

/// Four updates, logged by twos, without the filter.
struct UnfilteredRun : LoopFixture {
  UnfilteredRun() {
    args.max_steps = 4;
    args.logging_steps = 2;
    args.save_steps = 3;
    args.logging_nan_inf_filter = false;
    script.micro_losses.values = {2, static_cast<float>(kNan), 1, 3};
  }
};

TEST(D11, ANanShowsInItsLogOnlyAndInTheRunsLoss) {
  UnfilteredRun run;
  run.train();
  EXPECT_THAT(run.logged("loss"), ElementsAre(NanSensitiveDoubleEq(kNan), 2));
  EXPECT_TRUE(std::isnan(run.output().training_loss));
}

TEST(D11, NonfiniteLossesAreCountedWithFilterAndWithout) {
  UnfilteredRun run;
  EXPECT_EQ(run.train().nonfinite_losses, 1);
  run.args.logging_nan_inf_filter = true;
  EXPECT_EQ(run.train().nonfinite_losses, 1);
  run.script.micro_losses.values = {INFINITY};
  EXPECT_EQ(run.train().nonfinite_losses, 4);
}

TEST(D11, TheCountAndTheNanSurviveAResume) {
  UnfilteredRun run;
  run.crash(EventKind::kStepBegin, 3);
  run.resume();
  EXPECT_EQ(run.output().nonfinite_losses, 1);
  EXPECT_TRUE(std::isnan(run.output().training_loss));
  EXPECT_THAT(run.logged("loss"), ElementsAre(NanSensitiveDoubleEq(kNan), 2));
}

TEST(D11, ANanThatIsNotLoggedYetSurvivesAResume) {
  UnfilteredRun run;
  run.args.logging_steps = 4;
  run.crash(EventKind::kStepBegin, 3);
  run.resume();
  EXPECT_EQ(run.output().nonfinite_losses, 1);
  EXPECT_THAT(run.logged("loss"), ElementsAre(NanSensitiveDoubleEq(kNan)));
}

TEST(D12, NoUpdatesAtAllAreRefused) {
  LoopFixture run;
  run.args.max_steps = 0;
  EXPECT_THROW(run.train(), ConfigError);
}

static_assert(std::is_same_v<decltype(LogEvent::logs), const LogRecord&>, "D13: on_log cannot edit the record");

TEST(D13, OnPrepareLogEditsWhatTheHistoryAndOnLogGet) {
  LoopFixture run;
  run.args.max_steps = 2;
  run.args.logging_steps = 1;
  run.add({.on_prepare_log = [](PrepareLogEvent& event) {
    event.logs.set("extra", event.state.global_step);
    event.logs.erase("grad_norm");
  }});
  run.train();
  EXPECT_THAT(run.logged("extra"), ElementsAre(1, 2, 2));
  EXPECT_THAT(run.logged("grad_norm"), IsEmpty());
  EXPECT_EQ(run.seen().back().kind, EventKind::kTrainEnd);
  EXPECT_EQ(run.output().metrics.number("extra"), 2);
}

TEST(D13, ThePrinterHidesTotalFlosFromNobodyElse) {
  fakes::FileConsole file;
  LoopFixture run;
  run.callbacks = {std::make_shared<PrinterCallback>(file.console)};
  run.train();
  EXPECT_THAT(run.logged("total_flos"), ElementsAre(0));
  EXPECT_TRUE(run.output().metrics.contains("total_flos"));
  EXPECT_EQ(run.seen()[run.seen().size() - 2].kind, EventKind::kLog);
  EXPECT_TRUE(run.seen()[run.seen().size() - 2].record.contains("total_flos"));
}

TEST(D13, EditsOfMetricsInOnEvaluateKeepTheirEffect) {
  UnsavedBest run({5, 9, 8, 7});
  run.add({.on_evaluate = [](EvaluateEvent& event) {
    if (event.state.global_step == 20) event.metrics.set("eval_loss", 1);
  }});
  run.train();
  EXPECT_EQ(run.state().best_metric, 1);
  EXPECT_THAT(run.logged("eval_loss"), ElementsAre(5, 9, 8, 7));
}

TEST(Differences, EachSuiteThatTheDocumentationNamesExists) {
  std::set<std::string> suites;
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) suites.insert(all.GetTestSuite(i)->name());
  const std::string document = fakes::read_test_file("../docs/differences.md");
  const std::regex row(R"(\| `(D\d+)\.\*` \|)");
  int rows = 0;
  for (std::sregex_iterator match(document.begin(), document.end(), row), end; match != end; ++match, ++rows) {
    EXPECT_TRUE(suites.contains((*match)[1])) << (*match)[1];
  }
  EXPECT_EQ(rows, 24) << "D1 to D24";
}

TEST(D17, NothingIsReportedToByDefault) { EXPECT_THAT(TrainingArguments{}.report_to, ElementsAre("none")); }

TEST(D18, DropLastDropsTrainingSamplesOnly) {
  LoopFixture run;
  run.args.dataloader_drop_last = true;
  run.args.num_train_epochs = 1;
  run.args.eval_strategy = EvalStrategy::kEpoch;
  run.script.train_samples = 66;
  run.script.eval_sets = {{"", {.samples = 66, .losses = {{{{1, 1, 1, 1, 1, 1, 1, 1, 34}, 0}}, {}}}}};
  run.train();
  EXPECT_EQ(run.events(), "I TB EB U(8) SV EE P(9) L EV L TE");
  EXPECT_THAT(run.logged("eval_loss"), ElementsAre(DoubleEq((64.0 + 2 * 34) / 66)));
}

}  // namespace
}  // namespace baton
