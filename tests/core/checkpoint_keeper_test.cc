// What CheckpointKeeper does, seen through runs of the loop. Its differences from the reference:
// differences_checkpoint_test.cc and differences_test.cc.
#include "baton/core/errors.h"
#include "src/base/files.h"
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
using testing::ElementsAreArray;

/// Evaluates and saves every five of 25 updates; the first evaluation is the best unless told otherwise.
struct BestOfFive : LoopFixture {
  explicit BestOfFive(std::vector<double> losses = {1, 2, 2, 2, 2}) {
    args.max_steps = 25;
    args.eval_strategy = EvalStrategy::kSteps;
    args.eval_steps = 5;
    args.save_steps = 5;
    args.load_best_model_at_end = true;
    eval_losses(std::move(losses));
  }
};

struct Limit {
  std::int64_t limit;
  std::vector<double> losses;
  std::vector<std::string> left;
  const char* why;
};

TEST(CheckpointKeeper, KeepsTheNewestAndTheBestWithinTheLimit) {
  const Limit limits[] = {
      {0, {1, 2}, {"checkpoint-10", "checkpoint-15", "checkpoint-20", "checkpoint-25", "checkpoint-5"}, "no limit"},
      {2, {1, 2}, {"checkpoint-25", "checkpoint-5"}, "the best takes one of the two places"},
      {3, {1, 2}, {"checkpoint-20", "checkpoint-25", "checkpoint-5"}, "the best takes one of the three places"},
      {1, {1, 2}, {"checkpoint-5"}, "at the end only the best stays"},
      {1, {5, 4, 3, 2, 1}, {"checkpoint-25"}, "the newest is the best"},
  };
  for (const Limit& row : limits) {
    BestOfFive run(row.losses);
    run.args.save_total_limit = row.limit;
    run.train();
    EXPECT_THAT(run.folders(), ElementsAreArray(row.left)) << row.why;
  }
}

TEST(CheckpointKeeper, DuringTrainingALimitOfOneKeepsTheBestAndTheNewest) {
  BestOfFive run;
  run.args.save_total_limit = 1;
  run.crash(EventKind::kTrainBegin, 0);
  run.crash(EventKind::kStepBegin, 21);
  EXPECT_THAT(run.folders(), ElementsAre("checkpoint-20", "checkpoint-5"));
}

TEST(CheckpointKeeper, OldCheckpointsAreGoneBeforeOnSave) {
  LoopFixture run;
  run.args.max_steps = 4;
  run.args.save_steps = 1;
  run.args.save_total_limit = 2;
  std::vector<std::size_t> left;
  run.add({.on_save = [&](SaveEvent& event) {
    EXPECT_TRUE(fs::exists(event.checkpoint));
    EXPECT_EQ(event.step, event.state.global_step);
    left.push_back(run.folders().size());
  }});
  run.train();
  EXPECT_THAT(left, ElementsAre(1, 2, 2, 2));
}

TEST(CheckpointKeeper, AModelOnlyCheckpointGoesOnWithAFreshOptimizerAndSchedule) {
  LoopFixture run;
  run.args.max_steps = 4;
  run.args.save_steps = 2;
  run.args.save_only_model = true;
  run.args.logging_steps = 1;
  run.crash(EventKind::kStepBegin, 3);
  EXPECT_FALSE(fs::exists(run.folder() / "checkpoint-2" / "optimizer.json"));
  run.resume();
  EXPECT_EQ(run.engine().updates_in_weights(), 4);
  EXPECT_EQ(run.logged("learning_rate").at(2), 5e-5) << "the schedule begins again";
}

TEST(CheckpointKeeper, WithoutLoadBestModelAtEndTheBestSavedOneIsNamedAndNotLoaded) {
  BestOfFive run;
  run.args.load_best_model_at_end = false;
  run.args.metric_for_best_model = "loss";
  run.train();
  EXPECT_EQ(run.state().best_model_checkpoint, (run.folder() / "checkpoint-5").string());
  EXPECT_EQ(run.loop().best_reloaded_from(), std::nullopt);
  EXPECT_EQ(run.engine().updates_in_weights(), 25);
}

TEST(CheckpointKeeper, SavingTheBestWritesACheckpointWheneverTheMetricImproves) {
  BestOfFive run({5, 4, 4.5, 3, 3});
  run.args.save_strategy = SaveStrategy::kBest;
  run.train();
  EXPECT_EQ(run.saves(), Steps({5, 10, 20}));
  EXPECT_EQ(run.loop().best_reloaded_from(), run.folder() / "checkpoint-20");
}

TEST(CheckpointKeeper, ABestModelThatIsGoneIsForgottenWithANotice) {
  BestOfFive run;
  run.crash(EventKind::kStepBegin, 11);
  fs::remove_all(run.folder() / "checkpoint-5");
  run.resume();
  EXPECT_THAT(run.notices.ids(), ElementsAre("best_checkpoint_missing"));
  EXPECT_EQ(run.state().best_model_checkpoint, std::nullopt);
  EXPECT_EQ(run.loop().best_reloaded_from(), std::nullopt);
  EXPECT_EQ(run.engine().updates_in_weights(), 25);
}

TEST(CheckpointKeeper, TheBestModelOfTheTimeBeforeAResumeIsLoaded) {
  BestOfFive run;
  run.crash(EventKind::kStepBegin, 11);
  run.resume();
  EXPECT_EQ(run.loop().best_reloaded_from(), run.folder() / "checkpoint-5");
  EXPECT_EQ(run.engine().updates_in_weights(), 5);
}

TEST(CheckpointKeeper, RotationKnowsTheBestModelOfBeforeUnderAnotherSpelling) {
  BestOfFive run;
  run.args.save_total_limit = 1;
  run.crash(EventKind::kStepBegin, 11);
  const fs::path folder = run.folder();
  run.args.output_dir = (folder.parent_path() / "." / folder.filename()).string();
  run.resume();
  EXPECT_THAT(run.folders(), ElementsAre("checkpoint-5"));
  EXPECT_EQ(run.engine().updates_in_weights(), 5);
}

TEST(CheckpointKeeper, TheBestModelOfBeforeMovesWithTheOutputFolder) {
  BestOfFive run;
  run.crash(EventKind::kStepBegin, 11);
  BestOfFive moved;
  fs::remove(moved.folder());
  fs::rename(run.folder(), moved.folder());
  moved.resume();
  EXPECT_THAT(moved.notices.ids(), ElementsAre("argument_changed:output_dir"));
  EXPECT_EQ(moved.loop().best_reloaded_from(), moved.folder() / "checkpoint-5");
  EXPECT_EQ(moved.saved(15).state.best_model_checkpoint, (moved.folder() / "checkpoint-5").string());
}

TEST(CheckpointKeeper, ABestModelInAnotherOutputFolderStaysWhereItIs) {
  BestOfFive run;
  run.crash(EventKind::kStepBegin, 11);
  BestOfFive other;
  other.train();
  other.resume((run.folder() / "checkpoint-10").string());
  EXPECT_EQ(other.loop().best_reloaded_from(), run.folder() / "checkpoint-5");
}

TEST(CheckpointKeeper, ABestModelOfALaterStepIsNotThatOfTheCheckpoint) {
  LoopFixture run;
  run.args.max_steps = 12;
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.eval_steps = 2;
  run.args.save_steps = 4;
  run.args.load_best_model_at_end = true;
  run.eval_losses({3, 4, 2, 4, 4, 4});  // the best one is of step 6, in the folder "best"
  run.train();
  EXPECT_EQ(run.loop().best_reloaded_from(), run.folder() / "best");
  run.eval_losses({3, 4, 4, 4, 4, 4});
  run.resume((run.folder() / "checkpoint-4").string());
  EXPECT_THAT(run.notices.ids(), testing::Contains("best_checkpoint_missing"));
  EXPECT_EQ(run.loop().best_reloaded_from(), std::nullopt) << "that of step 2 was replaced by that of step 6";
}

TEST(CheckpointKeeper, ACheckpointWithoutWeightsCannotBeResumed) {
  BestOfFive run;
  run.crash(EventKind::kStepBegin, 6);
  fs::remove(run.folder() / "checkpoint-5" / "weights.json");
  run.start("true");
  EXPECT_THROW(run.loop().train("true"), CheckpointError);
}

/// Its weights cannot be written at the second save.
struct FullDisk : DryEngine {
  using DryEngine::DryEngine;
  SaveWork save(CheckpointDraft& draft, SaveScope scope, const LrScheduler& scheduler, bool may_wait) override {
    if (++saves == 2) return [&] { throw FileError("write", draft.folder() / "weights", ENOSPC); };
    return DryEngine::save(draft, scope, scheduler, may_wait);
  }
  int saves = 0;
};

TEST(CheckpointKeeper, ASaveThatFailsEndsTheRunAndLeavesTheOlderOnes) {
  BestOfFive run;
  run.args.save_total_limit = 1;
  run.make_engine = [](const DryScript& script) { return std::make_unique<FullDisk>(script); };
  EXPECT_THROW(run.train(), CheckpointError);
  EXPECT_EQ(run.saves(), Steps({5}));
  EXPECT_THAT(run.folders(), ElementsAre("checkpoint-5"));
  run.make_engine = [](const DryScript& script) { return std::make_unique<DryEngine>(script); };
  EXPECT_EQ(run.resume().global_step, 25);
}

/// One of several processes, not the first.
struct SecondRank : DryEngine {
  using DryEngine::DryEngine;
  RankInfo rank() const override { return {.rank = 1, .local_rank = 1, .world_size = 2}; }
};

TEST(CheckpointKeeper, AnotherRankDoesTheSameButWritesAndDeletesNothing) {
  BestOfFive run;
  run.train();
  const std::string events = run.events();
  fs::remove_all(run.folder() / "checkpoint-10");
  run.args.save_total_limit = 1;
  run.make_engine = [](const DryScript& script) { return std::make_unique<SecondRank>(script); };
  run.train();
  EXPECT_EQ(run.events(), events);
  EXPECT_EQ(run.loop().best_reloaded_from(), run.folder() / "checkpoint-5");
  EXPECT_THAT(run.folders(), ElementsAre("checkpoint-15", "checkpoint-20", "checkpoint-25", "checkpoint-5"));
  EXPECT_FALSE(run.state().is_world_process_zero);
}

}  // namespace
}  // namespace baton
