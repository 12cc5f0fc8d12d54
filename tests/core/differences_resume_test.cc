// What DIFFERENCES.md promises about where a resumed run goes on: where the reference would do otherwise, each test
// fails. Across random runs: resume_property_test.cc.
#include "baton/callbacks/early_stopping.h"
#include "tests/fakes/loop_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace baton {
namespace {

namespace fs = std::filesystem;

using fakes::LoopFixture;
using fakes::Steps;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kSave = &TrainerControl::should_save;

/// Six updates, a checkpoint every two.
struct CountedRun : LoopFixture {
  CountedRun() {
    args.max_steps = 6;
    args.save_steps = 2;
  }
};

// --- D2: a finished run ---

TEST(D2, AFinishedRunIsNotTrainedAgain) {
  for (const std::int64_t max_steps : {3, 8}) {  // within an epoch, and at its end
    SCOPED_TRACE(max_steps);
    LoopFixture run;
    run.args.max_steps = max_steps;
    run.train();
    run.resume();
    EXPECT_EQ(run.events(), "I TB L TE");
    EXPECT_EQ(run.state().global_step, max_steps);
    EXPECT_EQ(run.engine().updates_in_weights(), max_steps);
    EXPECT_THAT(run.folders(), ElementsAre("checkpoint-" + std::to_string(max_steps)));
  }
}

TEST(D2, ARunBeyondItsNewEndIsNotTrainedAgain) {
  LoopFixture run;
  run.args.max_steps = 6;
  run.train();
  run.args.max_steps = 4;
  EXPECT_EQ(run.resume().global_step, 6);
  EXPECT_EQ(run.events(), "I TB L TE");
}

// --- D19: learning rate ---

TEST(D19, AChangedLearningRateActsAtOnce) {
  CountedRun run;
  run.args.logging_steps = 1;
  run.args.lr_scheduler_type = LrSchedulerType::kConstant;
  run.crash(EventKind::kStepBegin, 4);
  run.args.learning_rate = 1e-3;
  run.resume();
  EXPECT_THAT(run.logged("learning_rate"), ElementsAre(5e-5, 5e-5, 5e-5, 5e-5, 1e-3, 1e-3));
}

TEST(D19, AClosedFormFollowsTheNewLengthAtOnce) {
  CountedRun run;
  run.args.logging_steps = 1;
  run.args.learning_rate = 1.0;
  run.crash(EventKind::kStepBegin, 4);
  run.args.max_steps = 8;
  run.resume();
  EXPECT_EQ(run.logged("learning_rate").at(4), 1.0 - 4.0 / 8);
}

TEST(D19, APlateauGoesOnFromItsStoredState) {
  LoopFixture run;
  run.args.max_steps = 4;
  run.args.save_steps = 2;
  run.args.logging_steps = 1;
  run.args.learning_rate = 1.0;
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.eval_steps = 1;
  run.args.lr_scheduler_type = LrSchedulerType::kReduceLrOnPlateau;
  run.args.lr_scheduler_kwargs = {{"patience", 0}, {"factor", .5}};
  run.eval_losses({1, 2, 3, 4});
  run.crash(EventKind::kStepBegin, 2);
  run.resume();
  EXPECT_THAT(run.logged("learning_rate"), ElementsAre(1, 1, .5, .25));
}

// --- D20: an epoch end that is owed ---

/// Saves at the last update of the first epoch and evaluates at epoch ends.
struct OwedEpoch : LoopFixture {
  OwedEpoch() {
    args.num_train_epochs = 2;
    args.save_steps = 8;
    args.eval_strategy = EvalStrategy::kEpoch;
    args.metric_for_best_model = "loss";
    eval_losses({1, 2, 3});
  }
};

TEST(D20, AnOwedEpochEndAndItsRoundComeFirst) {
  OwedEpoch run;
  run.crash(EventKind::kEpochEnd, 8);
  run.resume();
  EXPECT_EQ(run.events(), "I TB EE P(8) L EV EB U(8) SV EE P(8) L EV L TE");
  EXPECT_THAT(run.logged("eval_loss"), ElementsAre(1, 2));
}

TEST(D20, TheOwedEpochEndSeesTheFlagsThatItWouldHaveSeen) {
  OwedEpoch run;
  run.train();
  const auto flags_at_epoch_end = [&](std::size_t nth) {
    std::vector<TrainerControl> flags;
    for (const fakes::SeenEvent& event : run.seen()) {
      if (event.kind == EventKind::kEpochEnd) flags.push_back(event.flags);
    }
    return flags.at(nth);
  };
  const TrainerControl first = flags_at_epoch_end(0);
  const TrainerControl last = flags_at_epoch_end(1);
  run.resume("checkpoint-8");
  EXPECT_EQ(flags_at_epoch_end(0), first);
  run.resume("checkpoint-16");
  EXPECT_EQ(flags_at_epoch_end(0), last);
  EXPECT_TRUE(last.should_training_stop);
}

TEST(D20, TheOwedEvaluationMayStopTheRun) {
  OwedEpoch run;
  run.callbacks = {std::make_shared<EarlyStoppingCallback>(0)};
  run.crash(EventKind::kEpochEnd, 8);
  run.resume();
  EXPECT_EQ(run.events(), "I TB EE P(8) L EV L TE");
  EXPECT_EQ(run.state().global_step, 8);
}

TEST(D20, TheOwedLogIsTheUninterruptedRuns) {
  LoopFixture run;
  run.args.save_steps = 8;
  run.args.num_train_epochs = 2;
  run.args.logging_strategy = LoggingStrategy::kEpoch;
  run.train();
  const std::vector<std::string> uninterrupted = fakes::timeless(run.state().log_history);
  run.resume("checkpoint-8");
  EXPECT_EQ(fakes::timeless(run.state().log_history), uninterrupted);
}

TEST(D20, NothingIsOwedWithoutAnEpochStrategy) {
  LoopFixture run;
  run.args.num_train_epochs = 2;
  run.args.save_steps = 8;
  run.crash(EventKind::kEpochEnd, 8);
  run.resume();
  EXPECT_EQ(run.events(), "I TB EB U(8) SV EE L TE");
}

TEST(D20, NothingIsOwedBySavesWithinAnEpochOrAtItsEnd) {
  OwedEpoch run;
  run.args.save_steps = 7;
  run.set_flag(EventKind::kEpochEnd, 8, kSave);
  run.train();
  EXPECT_EQ(run.saves(), Steps({7, 8, 14, 16}));
  EXPECT_FALSE(run.saved(7).loop.value().epoch_end_owed);
  EXPECT_FALSE(run.saved(8).loop.value().epoch_end_owed);
  EXPECT_TRUE(run.saved(16).loop.value().epoch_end_owed);
}

TEST(D20, AFinishedRunMakesUpForItsOwedEpochEnd) {
  OwedEpoch run;
  run.crash(EventKind::kEpochEnd, 16);
  run.resume();
  EXPECT_EQ(run.events(), "I TB EE P(8) L EV L TE");
  EXPECT_THAT(run.logged("eval_loss"), ElementsAre(1, 2));
}

TEST(D20, ACheckpointOfTheReferenceOwesNothing) {
  OwedEpoch run;
  run.crash(EventKind::kEpochEnd, 8);
  run.make_foreign(8);
  run.resume();
  EXPECT_EQ(run.events(), "I TB EB U(8) SV EE P(8) L EV L TE");
}

TEST(D20, AnOwedBestIsTheCheckpointItself) {
  OwedEpoch run;
  run.args.save_strategy = SaveStrategy::kEpoch;
  run.args.load_best_model_at_end = true;
  run.set_flag(EventKind::kStepEnd, 8, kSave);
  run.crash(EventKind::kEpochEnd, 8);
  run.set_flag(EventKind::kEpochEnd, 8, kSave, false);
  fs::rename(run.folder() / "checkpoint-8", run.folder() / "moved");
  run.resume("moved");
  EXPECT_EQ(run.loop().best_reloaded_from(), run.folder() / "moved");
  EXPECT_EQ(run.engine().updates_in_weights(), 8);
}

// --- D22: a run that was being stopped ---

/// Early stopping ends it at step 4, with a checkpoint there; the best one is that of step 2.
struct StoppedEarly : LoopFixture {
  StoppedEarly() {
    args.max_steps = 12;
    args.eval_strategy = EvalStrategy::kSteps;
    args.eval_steps = 2;
    args.save_steps = 2;
    args.load_best_model_at_end = true;
    eval_losses({1, 2});
    callbacks = {std::make_shared<EarlyStoppingCallback>()};
    train();
  }
};

TEST(D22, ACheckpointOfAStopGoesStraightToTheEnd) {
  StoppedEarly run;
  EXPECT_EQ(run.state().global_step, 4);
  run.resume("checkpoint-4");
  EXPECT_EQ(run.events(), "I TB L TE");
  EXPECT_EQ(run.loop().best_reloaded_from(), run.folder() / "checkpoint-2");
  EXPECT_EQ(run.engine().updates_in_weights(), 2);
}

TEST(D22, AnEarlierCheckpointGoesOn) {
  StoppedEarly run;
  run.resume("checkpoint-2");
  EXPECT_EQ(run.events(), "I TB EB U(2) P(8) L EV SV EE L TE");
}

TEST(D22, WithoutTheStatesTrainingGoesOn) {
  StoppedEarly run;
  run.args.restore_callback_states_from_checkpoint = false;
  run.callbacks = {};
  EXPECT_EQ(run.resume().global_step, 12);
}

TEST(D22, ACheckpointOfTheReferenceGoesOn) {
  StoppedEarly run;
  run.make_foreign(4);
  run.callbacks = {};
  EXPECT_EQ(run.resume().global_step, 12);
}

TEST(D22, ARunThatMerelyEndedGoesOnIfItsNewEndIsLater) {
  LoopFixture run;
  run.args.max_steps = 4;
  run.train();
  run.args.max_steps = 6;
  EXPECT_EQ(run.resume().global_step, 6);
}

// --- D23 ---

TEST(D23, TheEvaluationAtTheStartIsMadeAtStepZeroOnly) {
  CountedRun run;
  run.args.eval_on_start = true;
  run.eval_losses({1});
  run.crash(EventKind::kStepBegin, 3);
  EXPECT_EQ(run.evals(), Steps({0}));
  run.resume();
  EXPECT_THAT(run.evals(), IsEmpty());
}

}  // namespace
}  // namespace baton
