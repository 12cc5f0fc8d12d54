// What DIFFERENCES.md promises about checkpoints, what is in them and what a resume takes from them: where the
// reference would do otherwise, each test fails.
#include "baton/callbacks/early_stopping.h"
#include "src/base/files.h"
#include "src/base/json.h"
#include "tests/fakes/loop_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace baton {
namespace {

namespace fs = std::filesystem;

using fakes::Counter;
using fakes::LoopFixture;
using fakes::OtherCounter;
using fakes::Steps;
using testing::ElementsAre;
using testing::IsEmpty;

/// Six updates, a checkpoint every two.
struct CountedRun : LoopFixture {
  CountedRun() {
    args.max_steps = 6;
    args.save_steps = 2;
  }
};

// --- D5: cadences of the current arguments ---

TEST(D5, ChangedCadencesHoldAfterAResume) {
  LoopFixture run;
  run.args.max_steps = 12;
  run.args.save_steps = 5;
  run.args.logging_steps = 5;
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.eval_steps = 5;
  run.eval_losses({1});
  run.crash(EventKind::kStepBegin, 6);
  run.args.save_steps = 3;
  run.args.logging_steps = 4;
  run.args.eval_steps = 6;
  run.resume();
  EXPECT_EQ(run.saves(), Steps({6, 9, 12}));
  EXPECT_EQ(run.logs(), Steps({8, 12}));
  EXPECT_EQ(run.evals(), Steps({6, 12}));
  EXPECT_EQ(run.saved(12).state.save_steps, Value(3));
  EXPECT_THAT(run.notices.ids(),
              ElementsAre("args_differ_from_checkpoint:logging_steps", "args_differ_from_checkpoint:eval_steps",
                          "args_differ_from_checkpoint:save_steps"));
}

TEST(D5, ACadenceInSharesOfTheRunFollowsItsNewLength) {
  LoopFixture run;
  run.args.max_steps = 8;
  run.args.logging_steps = .25;
  run.train();
  run.args.max_steps = 16;
  run.resume();
  EXPECT_EQ(run.logs(), Steps({12, 16}));
  EXPECT_EQ(run.state().logging_steps, Value(4));
}

TEST(D5, NothingIsToldWhereNothingChanged) {
  LoopFixture run;
  run.args.max_steps = 8;
  run.args.save_steps = 2;
  run.args.logging_steps = 4;
  run.crash(EventKind::kStepBegin, 5);
  run.resume();
  EXPECT_THAT(run.notices.ids(), IsEmpty());
}

TEST(D5, OtherChangedArgumentsAreToldToo) {
  LoopFixture run;
  run.args.max_steps = 4;
  run.train();
  run.args.weight_decay = .1;
  run.resume();
  EXPECT_THAT(run.notices.ids(), ElementsAre("argument_changed:weight_decay"));
}

// --- D6: names ---

TEST(D6, OnlyExactNamesAreRotatedOrResumedFrom) {
  LoopFixture run;
  for (const char* name : {"checkpoint-1-backup", "checkpoint-99x", "my-checkpoint-98", "checkpoint-"}) {
    fs::create_directory(run.folder() / name);
  }
  write_file(run.folder() / "checkpoint-97", "");
  run.args.max_steps = 3;
  run.args.save_steps = 1;
  run.args.save_total_limit = 1;
  run.train();
  EXPECT_THAT(run.folders(), ElementsAre("checkpoint-", "checkpoint-1-backup", "checkpoint-3", "checkpoint-97",
                                         "checkpoint-99x", "my-checkpoint-98"));
  run.resume();
  EXPECT_EQ(run.state().global_step, 3);
}

// --- D7: keys of the state file ---

Record state_file(const fs::path& checkpoint) {
  return *json::parse(read_file(checkpoint / "trainer_state.json"), "state").record();
}

TEST(D7, UnknownKeysAreDroppedAndMissingOnesTakeTheirDefaults) {
  LoopFixture run;
  run.args.max_steps = 6;
  run.args.save_steps = 3;
  run.crash(EventKind::kStepBegin, 4);
  const fs::path checkpoint = run.folder() / "checkpoint-3";
  Record edited = state_file(checkpoint);
  edited.set("from_the_future", 1);
  edited.erase("train_batch_size");
  edited.erase("num_input_tokens_seen");
  write_file(checkpoint / "trainer_state.json", json::dump(edited));
  run.make_foreign(3);  // as another version of the reference writes it
  run.resume();
  EXPECT_EQ(run.events(), "I TB EB U(3) SV EE L TE");
  EXPECT_FALSE(state_file(run.folder() / "checkpoint-6").contains("from_the_future"));
  EXPECT_TRUE(state_file(run.folder() / "checkpoint-6").contains("num_input_tokens_seen"));
}

// --- D8: callback states in the file ---

std::vector<std::string> saved_states(const LoopFixture& run, std::int64_t step) {
  std::vector<std::string> texts;
  for (const NamedStates& named : run.saved(step).state.stateful_callbacks) {
    std::string text = named.key;
    for (const CallbackState& state : named.states) {
      const Value* tag = state.args.find("tag");
      if (tag) text += " " + *tag->text() + json::dump(*state.attributes.find("count"));
    }
    texts.push_back(text);
  }
  return texts;
}

TEST(D8, EverySaveReplacesTheStatesOfSeveralInstances) {
  CountedRun run;
  run.callbacks = {std::make_shared<Counter>("a"), std::make_shared<Counter>("b")};
  run.train();
  EXPECT_THAT(saved_states(run, 2), ElementsAre("Counter a2 b2", "TrainerControl"));
  EXPECT_THAT(saved_states(run, 6), ElementsAre("Counter a6 b6", "TrainerControl"));
}

TEST(D8, OneInstanceIsAnObjectAndSeveralAreAList) {
  CountedRun run;
  run.callbacks = {std::make_shared<Counter>("a"), std::make_shared<Counter>("b"), std::make_shared<OtherCounter>()};
  run.train();
  const Record states = *state_file(run.folder() / "checkpoint-2").find("stateful_callbacks")->record();
  EXPECT_NE(states.find("Counter")->list(), nullptr);
  EXPECT_NE(states.find("OtherCounter")->record(), nullptr);
}

TEST(D8, NamesThatAreGoneAreDroppedAndNewOnesAppear) {
  CountedRun run;
  run.callbacks = {std::make_shared<Counter>("a")};
  run.crash(EventKind::kStepBegin, 3);
  run.callbacks = {std::make_shared<OtherCounter>()};
  run.resume();
  EXPECT_THAT(saved_states(run, 4), ElementsAre("OtherCounter 2", "TrainerControl"));
}

// --- D10, D14: sums that survive ---

/// Eight updates with the losses 1 to 8, logged by fours, saved by threes.
struct CountingLosses : LoopFixture {
  CountingLosses() {
    args.max_steps = 8;
    args.logging_steps = 4;
    args.save_steps = 3;
    script.micro_losses.values = {1, 2, 3, 4, 5, 6, 7, 8};
  }
};

TEST(D10, TrainLossIsThatOfTheWholeRun) {
  for (const std::int64_t step : {3, 6}) {  // before the first log, and after it
    CountingLosses run;
    run.crash(EventKind::kStepBegin, step);
    run.resume();
    EXPECT_EQ(run.output().training_loss, 36.0 / 8) << "resumed at " << step;
  }
}

TEST(D10, TrainLossSurvivesTwoResumes) {
  CountingLosses run;
  run.crash(EventKind::kStepBegin, 3);
  run.crash(EventKind::kStepBegin, 7, "true");
  run.resume();
  EXPECT_EQ(run.output().training_loss, 36.0 / 8);
}

TEST(D10, AFinishedRunStillKnowsItsTrainLoss) {
  CountingLosses run;
  run.train();
  run.resume();
  EXPECT_EQ(run.output().training_loss, 36.0 / 8);
}

TEST(D10, OfACheckpointOfTheReferenceTheResumedPartCounts) {
  CountingLosses run;
  run.crash(EventKind::kStepBegin, 7);
  run.make_foreign(6);
  run.resume();
  EXPECT_EQ(run.output().training_loss, (7 + 8) / 2.0);
}

TEST(D14, TheFirstLogAfterAResumeIsTheUninterruptedRuns) {
  CountingLosses run;
  run.crash(EventKind::kStepBegin, 3);
  run.resume();
  EXPECT_THAT(run.logged("loss"), ElementsAre((1 + 2 + 3 + 4) / 4.0, (5 + 6 + 7 + 8) / 4.0));
}

TEST(D14, OfACheckpointOfTheReferenceTheFirstLogCountsFromTheResume) {
  CountingLosses run;
  run.crash(EventKind::kStepBegin, 7);
  run.make_foreign(6);
  run.resume();
  EXPECT_THAT(run.logged("loss"), ElementsAre((1 + 2 + 3 + 4) / 4.0, (7 + 8) / 2.0));
}

TEST(D14, AStepThatWasLoggedIsNotLoggedAgain) {
  LoopFixture run;
  run.args.max_steps = 16;
  run.args.save_steps = 8;
  run.args.logging_strategy = LoggingStrategy::kEpoch;
  run.set_flag(EventKind::kStepEnd, 8, &TrainerControl::should_log);
  run.crash(EventKind::kEpochEnd, 8);
  EXPECT_EQ(run.logs(), Steps({8}));
  run.resume();
  EXPECT_EQ(run.events(), "I TB EE EB U(8) SV EE L(2) TE");
  EXPECT_EQ(run.logs(), Steps({16}));
}

// --- D16, D21: callback states come back ---

TEST(D16, StatesAreRestoredInPlace) {
  CountedRun run;
  run.callbacks = {std::make_shared<Counter>("a"), std::make_shared<OtherCounter>(), std::make_shared<Counter>("b")};
  run.crash(EventKind::kStepBegin, 3);
  const auto first = std::make_shared<Counter>("new");
  const auto second = std::make_shared<Counter>("new");
  run.callbacks = {first, std::make_shared<OtherCounter>(), second};
  run.resume();
  EXPECT_EQ(run.loop().callbacks().callbacks().at(1), first);
  EXPECT_EQ(run.loop().callbacks().callbacks().at(3), second);
  EXPECT_EQ(first->tag() + second->tag(), "ab");
  EXPECT_EQ(first->count(), 6);
}

TEST(D16, ConstructorArgumentsAreRestored) {
  LoopFixture run;
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.eval_steps = 2;
  run.args.metric_for_best_model = "loss";
  run.args.max_steps = 4;
  run.eval_losses({1});
  run.callbacks = {std::make_shared<EarlyStoppingCallback>(5, .25)};
  run.train();
  const auto restored = std::make_shared<EarlyStoppingCallback>();
  run.callbacks = {restored};
  run.resume();
  EXPECT_EQ(restored->state().args, Record({{"early_stopping_patience", 5}, {"early_stopping_threshold", .25}}));
  EXPECT_EQ(restored->counter(), 1);
}

TEST(D16, StatesWithoutACallbackGiveOneNoticeAndCallbacksWithoutAStateKeepTheirs) {
  CountedRun run;
  run.callbacks = {std::make_shared<Counter>("a"), std::make_shared<OtherCounter>()};
  run.crash(EventKind::kStepBegin, 3);
  const auto second = std::make_shared<Counter>("new");
  run.callbacks = {std::make_shared<Counter>(), second};
  run.notices.all.clear();
  run.resume();
  EXPECT_THAT(run.notices.ids(), ElementsAre("duplicate_callback:Counter", "callback_state_ignored:OtherCounter"));
  EXPECT_EQ(second->tag(), "new");
  EXPECT_EQ(second->count(), 4);
}

TEST(D21, CallbackStatesAreRestoredUnlessToldOtherwise) {
  EXPECT_TRUE(TrainingArguments{}.restore_callback_states_from_checkpoint);
  CountedRun run;
  run.callbacks = {std::make_shared<Counter>()};
  run.crash(EventKind::kStepBegin, 3);
  run.args.restore_callback_states_from_checkpoint = false;
  const auto fresh = std::make_shared<Counter>();
  run.callbacks = {fresh};
  run.resume();
  EXPECT_EQ(fresh->count(), 4);
}

TEST(D21, PatienceSurvivesAResume) {
  LoopFixture run;
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.eval_steps = 2;
  run.args.save_steps = 2;
  run.args.metric_for_best_model = "loss";
  run.eval_losses({1, 2, 2, 2});
  run.callbacks = {std::make_shared<EarlyStoppingCallback>(3)};
  run.crash(EventKind::kStepBegin, 5);
  run.callbacks = {std::make_shared<EarlyStoppingCallback>(3)};
  EXPECT_EQ(run.resume().global_step, 8);
}

}  // namespace
}  // namespace baton
