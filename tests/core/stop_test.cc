// What a loop does when somebody asks it to stop. That the rest of the run is the same: resume_property_test.cc.
#include "baton/core/errors.h"
#include "tests/fakes/loop_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton {
namespace {

using fakes::LoopFixture;
using fakes::Steps;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct StoppedRun : LoopFixture {
  StoppedRun() {
    args.max_steps = 12;
    args.save_steps = 5;
    args.logging_steps = 2;
  }

  std::string last_notice() const { return notices.all.empty() ? "" : notices.all.back().text; }
};

TEST(Stop, FinishesTheStepAndItsRoundThenSaves) {
  StoppedRun run;
  run.stop(EventKind::kStepBegin, 3);
  EXPECT_EQ(run.events(), "I TB EB U(2) L U(2) L SV");
  EXPECT_THAT(run.folders(), ElementsAre("checkpoint-4"));
}

TEST(Stop, ClosesEveryCallbackAsKilled) {
  StoppedRun run;
  run.stop(EventKind::kStepBegin, 3);
  EXPECT_THAT(run.closes(), ElementsAre(RunStatus::kKilled));
  run.end();
  EXPECT_EQ(run.closes().size(), 1U);
}

TEST(Stop, TellsTheSignalTheStepAndHowToGoOn) {
  StoppedRun run;
  run.stop(EventKind::kStepBegin, 3);
  EXPECT_EQ(run.notices.ids().back(), "stopped");
  EXPECT_EQ(run.last_notice(), "SIGTERM: stopped after step 4, saved in " + (run.folder() / "checkpoint-4").string() +
                                   "; to go on: --resume_from_checkpoint=true");
}

TEST(Stop, SaysWhichSignalItWas) {
  StoppedRun run;
  LambdaEvents interrupt;
  interrupt.on_step_begin = [&](StepEvent&) { run.stop_request.ask(SIGINT); };
  run.add(std::move(interrupt));
  try {
    run.train();
    FAIL() << "went on";
  } catch (const Stopped& stopped) {
    EXPECT_EQ(stopped.signal(), SIGINT);
    EXPECT_EQ(stopped.exit_code(), 130);
    EXPECT_THAT(stopped.what(), HasSubstr("SIGINT: stopped after step 1"));
  }
}

TEST(Stop, DoesNotSaveAgainWhatTheStepHasJustSaved) {
  StoppedRun run;
  run.stop(EventKind::kStepBegin, 4);
  EXPECT_EQ(run.saves(), Steps({5}));
}

TEST(Stop, ComesAfterTheFirstStepIfAskedBefore) {
  for (const EventKind early : {EventKind::kTrainBegin, EventKind::kEpochBegin}) {
    StoppedRun run;
    run.stop(early, 0);
    EXPECT_EQ(run.saves(), Steps({1})) << event_name(early);
  }
}

TEST(Stop, SavesWithoutASaveStrategy) {
  StoppedRun run;
  run.args.save_strategy = SaveStrategy::kNo;
  run.stop(EventKind::kStepBegin, 3);
  EXPECT_THAT(run.folders(), ElementsAre("checkpoint-4"));
}

TEST(Stop, KeepsTheLimitOfCheckpoints) {
  StoppedRun run;
  run.args.save_total_limit = 2;
  run.stop(EventKind::kStepBegin, 10);
  EXPECT_THAT(run.folders(), ElementsAre("checkpoint-10", "checkpoint-11"));
}

TEST(Stop, SavesWeightsOnlyIfThatIsAskedFor) {
  StoppedRun run;
  run.args.save_only_model = true;
  run.stop(EventKind::kStepBegin, 3);
  EXPECT_TRUE(std::filesystem::exists(run.folder() / "checkpoint-4" / "weights.json"));
  EXPECT_FALSE(std::filesystem::exists(run.folder() / "checkpoint-4" / "optimizer.json"));
}

TEST(Stop, FinishesTheEvaluationOfItsStep) {
  StoppedRun run;
  run.eval_losses({3, 2, 1});
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.eval_steps = 4;
  run.stop(EventKind::kPredictionStep, 4);
  EXPECT_EQ(run.events(), "I TB EB U(2) L U(2) L P(8) L EV SV");
  EXPECT_THAT(run.saved(4).state.log_history,
              Contains(testing::Truly([](const LogRecord& entry) { return entry.contains("eval_loss"); })));
}

TEST(Stop, LeavesNoTraceInTheFlags) {
  StoppedRun run;
  run.stop(EventKind::kStepBegin, 3);
  const SavedRun saved = run.saved(4);
  ASSERT_EQ(saved.state.stateful_callbacks.back().key, "TrainerControl");
  EXPECT_EQ(saved.state.stateful_callbacks.back().states.front().args.number("should_training_stop"), 0.0);
  EXPECT_EQ(run.resume().global_step, 12);
}

TEST(Stop, LeavesTheEpochEndToTheResumedRunIfAStrategyWaitsForIt) {
  StoppedRun run;  // 8 updates an epoch
  run.eval_losses({3});
  run.args.eval_strategy = EvalStrategy::kEpoch;
  run.stop(EventKind::kStepBegin, 7);
  EXPECT_TRUE(run.saved(8).loop->epoch_end_owed);
  EXPECT_THAT(run.evals(), IsEmpty());
  run.resume();
  EXPECT_EQ(run.evals(), Steps({8, 12}));
}

TEST(Stop, EndsTheEpochFirstIfNoStrategyWaitsForIt) {
  StoppedRun run;
  run.stop(EventKind::kStepBegin, 7);
  EXPECT_EQ(run.steps(EventKind::kEpochEnd), Steps({8}));
  EXPECT_FALSE(run.saved(8).loop->epoch_end_owed);
  run.resume();
  EXPECT_EQ(run.steps(EventKind::kEpochEnd), Steps({12}));
}

TEST(Stop, SavesAgainWhereTheEpochEndCameAfterTheSave) {
  StoppedRun run;
  run.args.save_steps = 8;
  run.stop(EventKind::kStepBegin, 7);
  EXPECT_EQ(run.saves(), Steps({8, 8}));
  EXPECT_FALSE(run.saved(8).loop->epoch_end_owed);
}

TEST(Stop, AtTheLastStepLeavesTheEndToTheResumedRun) {
  StoppedRun run;
  run.stop(EventKind::kStepBegin, 11);
  EXPECT_THAT(run.steps(EventKind::kTrainEnd), IsEmpty());
  run.resume();
  EXPECT_EQ(run.events(), "I TB L TE");
}

TEST(Stop, IsAFailureIfItCannotSave) {
  StoppedRun run;
  LambdaEvents failing;
  failing.on_save = [](SaveEvent&) { throw CheckpointError("disk full"); };
  run.add(std::move(failing));
  EXPECT_THROW(run.train_and_ask(EventKind::kStepBegin, 3), CheckpointError);
  EXPECT_THAT(run.closes(), ElementsAre(RunStatus::kFailed));
}

TEST(Stop, NobodyListensOutsideOfTrainAndEvaluate) {
  StoppedRun run;
  run.eval_losses({3});
  run.start();
  EXPECT_EQ(run.stop_request.listeners, 0);
  int listeners_within = 0;
  LambdaEvents watch;
  watch.on_step_begin = [&](StepEvent&) { listeners_within = run.stop_request.listeners; };
  run.add(std::move(watch));
  run.train();
  EXPECT_EQ(listeners_within, 1);
  EXPECT_EQ(run.stop_request.listeners, 0);
}

TEST(Stop, NobodyListensAfterwards) {
  StoppedRun run;
  run.stop(EventKind::kStepBegin, 3);
  EXPECT_EQ(run.stop_request.listeners, 0);
}

TEST(Stop, ComesAfterTheEndIfAskedTooLateToBeSeen) {
  StoppedRun run;
  run.stop(EventKind::kTrainEnd, 12);
  EXPECT_THAT(run.closes(), ElementsAre(RunStatus::kKilled));
  EXPECT_EQ(run.last_notice(), "SIGTERM: stopped outside of training, nothing was saved");
}

// --- evaluate() and predict() by themselves ---

/// Asks in the third batch of eight.
struct StoppedEvaluation : StoppedRun {
  StoppedEvaluation() {
    eval_losses({3});
    script.predictions.samples = 64;
    LambdaEvents events;
    events.on_prediction_step = [this](PredictionStepEvent&) {
      if (++batches == 3) stop_request.ask(SIGINT);
    };
    add(std::move(events));
    start();
    engine().give_samples(64);
  }
  int batches = 0;
};

TEST(StopOfAnEvaluation, ComesAfterTheCurrentBatch) {
  StoppedEvaluation run;
  EXPECT_THROW(run.loop().evaluate(), Stopped);
  EXPECT_EQ(run.events(), "I P(3)");
  EXPECT_THAT(run.closes(), ElementsAre(RunStatus::kKilled));
  EXPECT_THAT(run.folders(), IsEmpty());
  EXPECT_EQ(run.last_notice(), "SIGINT: stopped outside of training, nothing was saved");
}

TEST(StopOfAnEvaluation, IsTheSameForAPrediction) {
  StoppedEvaluation run;
  EXPECT_THROW(run.loop().predict(), Stopped);
  EXPECT_EQ(run.events(), "I P(3)");
}

TEST(StopOfAnEvaluation, OfGivenDataToo) {
  StoppedEvaluation run;
  EXPECT_THROW(run.loop().evaluate_given(), Stopped);
  EXPECT_EQ(run.events(), "I P(3)");
}

// --- enable_jit_checkpoint ---

struct JitRun : StoppedRun {
  JitRun() { args.enable_jit_checkpoint = true; }
};

TEST(D24, SavesAfterTheStepAndEndsTrainingAsIfItWereDone) {
  JitRun run;
  EXPECT_EQ(run.train_and_ask(EventKind::kStepBegin, 3).global_step, 4);
  EXPECT_EQ(run.events(), "I TB EB U(2) L U(2) L SV EE L TE");
  EXPECT_EQ(run.notices.ids().back(), "jit_checkpoint");
  EXPECT_THAT(run.last_notice(), HasSubstr("SIGTERM: stopped after step 4, saved in "));
  run.end();
  EXPECT_THAT(run.closes(), ElementsAre(RunStatus::kFinished));
}

/// Evaluates and saves at epoch ends, and keeps the best.
struct JitRunByEpochs : JitRun {
  JitRunByEpochs() {
    eval_losses({3, 1, 2});
    args.num_train_epochs = 3;
    args.max_steps = -1;
    args.gradient_accumulation_steps = 3;  // 3 updates an epoch, the last one of 2 batches
    args.eval_strategy = EvalStrategy::kEpoch;
    args.save_strategy = SaveStrategy::kEpoch;
    args.load_best_model_at_end = true;
  }
};

TEST(D24, AResumeGoesOnAsIfNothingHadHappened) {
  JitRunByEpochs uninterrupted;
  uninterrupted.train();
  for (std::int64_t step = 0; step < 9; ++step) {
    JitRunByEpochs run;
    EXPECT_EQ(run.train_and_ask(EventKind::kStepBegin, step).global_step, step + 1);
    run.resume();
    EXPECT_EQ(fakes::timeless(run.state().log_history), fakes::timeless(uninterrupted.state().log_history))
        << "after a signal in step " << step + 1;
    EXPECT_EQ(run.engine().updates_in_weights(), 6) << "the best ones";
  }
}

TEST(D24, NothingIsEvaluatedOrSavedAfterTheCheckpoint) {
  JitRun run;
  run.eval_losses({3});
  run.args.eval_strategy = EvalStrategy::kEpoch;
  run.args.save_strategy = SaveStrategy::kEpoch;
  run.args.logging_strategy = LoggingStrategy::kEpoch;
  run.train_and_ask(EventKind::kStepBegin, 3);
  EXPECT_EQ(run.events(), "I TB EB U(4) SV EE L TE");
}

TEST(D24, TheCheckpointStaysWhereOnlyTheBestWould) {
  JitRun run;
  run.eval_losses({1, 2, 3});
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.eval_steps = run.args.save_steps = 2;
  run.args.load_best_model_at_end = true;
  run.args.save_total_limit = 1;
  run.train_and_ask(EventKind::kStepBegin, 4);
  EXPECT_THAT(run.folders(), ElementsAre("checkpoint-2", "checkpoint-5"));
  EXPECT_EQ(run.engine().updates_in_weights(), 2) << "the best ones are loaded, as at any end";
}

TEST(D24, TheRequestIsMetForTheRestOfTheProgram) {
  JitRun run;
  run.eval_losses({3});
  run.train_and_ask(EventKind::kStepBegin, 3);
  EXPECT_EQ(run.stop_request.signal(), 0);
  EXPECT_NO_THROW(run.loop().evaluate());
}

TEST(D24, ASignalAfterTheLastStepChangesNothing) {
  JitRun run;
  EXPECT_EQ(run.train_and_ask(EventKind::kTrainEnd, 12).global_step, 12);
  EXPECT_EQ(run.stop_request.signal(), 0);
}

TEST(D24, AnotherSignalStopsTheRun) {
  JitRun run;
  LambdaEvents interrupt;
  interrupt.on_step_begin = [&](StepEvent&) { run.stop_request.ask(SIGINT); };
  run.add(std::move(interrupt));
  EXPECT_THROW(run.train(), Stopped);
}

TEST(D24, AnEvaluationByItselfIsStoppedAsWithoutIt) {
  JitRun run;
  run.eval_losses({3});
  LambdaEvents events;
  events.on_prediction_step = [&](PredictionStepEvent&) { run.stop_request.ask(); };
  run.add(std::move(events));
  EXPECT_THROW(run.start().evaluate(), Stopped);
}

}  // namespace
}  // namespace baton
