#include "baton/core/train_loop.h"

#include "baton/core/default_flow.h"
#include "baton/core/errors.h"
#include "tests/fakes/loop_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace baton {
namespace {

using fakes::Crash;
using fakes::LoopFixture;
using fakes::SeenEvent;
using fakes::Steps;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// --- one close per run ---

/// Two updates of two micro batches with a log, an evaluation and a save each: every event of a training.
struct EventfulRun : LoopFixture {
  EventfulRun() {
    args.max_steps = 2;
    args.gradient_accumulation_steps = 2;
    args.logging_steps = 1;
    args.eval_strategy = EvalStrategy::kSteps;
    args.save_steps = 1;
    eval_losses({1});
  }
};

/// An event of that run, and the update at which it first comes.
struct FirstEvent {
  EventKind kind;
  std::int64_t step;
};

class AnyEvent : public testing::TestWithParam<FirstEvent> {};

TEST_P(AnyEvent, WhenItThrowsEveryCallbackSeesTheExceptionAndOneClose) {
  EventfulRun run;
  run.crash(GetParam().kind, GetParam().step);
  std::vector<EventKind> last;
  for (auto event = run.seen().end() - 3; event != run.seen().end(); ++event) last.push_back(event->kind);
  EXPECT_THAT(last, ElementsAre(GetParam().kind, EventKind::kException, EventKind::kClose));
  EXPECT_THAT(run.closes(), ElementsAre(RunStatus::kFailed));
}

INSTANTIATE_TEST_SUITE_P(OfATraining, AnyEvent,
                         testing::ValuesIn(std::vector<FirstEvent>{
                             {EventKind::kTrainBegin, 0},
                             {EventKind::kEpochBegin, 0},
                             {EventKind::kStepBegin, 0},
                             {EventKind::kSubstepEnd, 0},
                             {EventKind::kPreOptimizerStep, 0},
                             {EventKind::kOptimizerStep, 0},
                             {EventKind::kStepEnd, 1},
                             {EventKind::kPrepareLog, 1},
                             {EventKind::kLog, 1},
                             {EventKind::kPredictionStep, 1},
                             {EventKind::kEvaluate, 1},
                             {EventKind::kSave, 1},
                             {EventKind::kEpochEnd, 2},
                             {EventKind::kTrainEnd, 2},
                         }),
                         [](const auto& test) { return std::string(event_name(test.param.kind)); });

TEST(TrainLoop, AConstructorThatFailsInOnInitEndClosesTheRun) {
  EventfulRun run;
  run.crash(EventKind::kInitEnd, 0);
  EXPECT_EQ(run.events(), "I X");
  EXPECT_THAT(run.closes(), ElementsAre(RunStatus::kFailed));
}

TEST(TrainLoop, ARunIsClosedAsFinishedByItsDestructor) {
  EventfulRun run;
  run.train();
  EXPECT_THAT(run.closes(), IsEmpty());
  run.end();
  EXPECT_THAT(run.closes(), ElementsAre(RunStatus::kFinished));
}

TEST(TrainLoop, ARunThatWasClosedIsNotClosedAgain) {
  EventfulRun run;
  run.train();
  run.loop().close(RunStatus::kKilled);
  run.loop().close(RunStatus::kFinished);
  run.end();
  EXPECT_THAT(run.closes(), ElementsAre(RunStatus::kKilled));
}

TEST(TrainLoop, AFailedRunIsNotClosedAgain) {
  EventfulRun run;
  run.crash(EventKind::kStepEnd, 1);
  run.end();
  EXPECT_THAT(run.closes(), ElementsAre(RunStatus::kFailed));
}

TEST(TrainLoop, ASecondRunAfterAFailureIsClosedToo) {
  EventfulRun run;
  bool fails = true;
  run.add({.on_step_end = [&](StepEvent&) {
    if (fails) throw Crash("once");
  }});
  EXPECT_THROW(run.train(), Crash);
  fails = false;
  run.loop().train();
  run.end();
  EXPECT_THAT(run.closes(), ElementsAre(RunStatus::kFailed, RunStatus::kFinished));
}

TEST(TrainLoop, ArgumentsThatDoNotFitTheDataThrowBeforeAnyEvent) {
  LoopFixture run;
  run.args.eval_strategy = EvalStrategy::kSteps;
  EXPECT_THROW(run.train(), ConfigError);
  EXPECT_THAT(run.seen(), IsEmpty());
}

TEST(TrainLoop, AFailingEvaluationByACallbackIsReportedOnce) {
  EventfulRun run;
  run.add({.on_step_end = [&](StepEvent&) { run.loop().evaluate_given(); },
           .on_prediction_step = [](PredictionStepEvent&) { throw Crash("no memory, no mercy"); }});
  run.start();
  run.engine().give_samples(8);
  EXPECT_THROW(run.loop().train(), Crash);
  EXPECT_EQ(run.steps(EventKind::kException), Steps({1}));
  EXPECT_THAT(run.closes(), ElementsAre(RunStatus::kFailed));
}

TEST(TrainLoop, AnEvaluationThatACallbackMakesMayFailAndTheRunGoOn) {
  EventfulRun run;
  run.script.eval_sets = {};
  run.args.eval_strategy = EvalStrategy::kNo;
  run.add({.on_step_end = [&](StepEvent&) { EXPECT_THROW(run.loop().evaluate(), ConfigError); }});
  EXPECT_EQ(run.train().global_step, 2);
  run.end();
  EXPECT_THAT(run.closes(), ElementsAre(RunStatus::kFinished));
}

// --- evaluation and prediction outside of training ---

TEST(TrainLoop, EvaluatesBeforeItTrains) {
  EventfulRun run;
  run.start().evaluate();
  EXPECT_EQ(run.events(), "I P(8) L EV");
  EXPECT_EQ(run.state().log_history.back().number("step"), 0);
  EXPECT_EQ(run.state().log_history.back().number("epoch"), 0);
}

TEST(TrainLoop, BeginsAFreshStateWithEachTraining) {
  EventfulRun run;
  run.start().evaluate();
  run.loop().train();
  const std::vector<std::string> first = fakes::timeless(run.state().log_history);
  EXPECT_EQ(run.loop().train().global_step, 2);
  EXPECT_EQ(fakes::timeless(run.state().log_history), first);
  EXPECT_EQ(run.engine().updates_in_weights(), 4);
}

TEST(TrainLoop, EvaluatingWithoutDataThrowsAndClosesTheRun) {
  LoopFixture run;
  run.start();
  EXPECT_THROW(run.loop().evaluate(), ConfigError);
  EXPECT_EQ(run.events(), "I X");
  EXPECT_THAT(run.closes(), ElementsAre(RunStatus::kFailed));
}

TEST(TrainLoop, PredictionsAreNotLogged) {
  LoopFixture run;
  run.start();
  run.engine().give_samples(20);
  const Record metrics = run.loop().predict();
  EXPECT_EQ(run.events(), "I P(3) PR");
  EXPECT_TRUE(metrics.contains("test_loss"));
  EXPECT_THAT(run.state().log_history, IsEmpty());
}

TEST(TrainLoop, LogsWhatAUserGivesIt) {
  LoopFixture run;
  LogRecord logs{{"note", 1}};
  run.start().log(logs);
  EXPECT_EQ(run.events(), "I L");
  EXPECT_THAT(fakes::timeless(run.state().log_history), ElementsAre(R"({"epoch":0.0,"note":1,"step":0})"));
}

// --- resume requests ---

TEST(TrainLoop, ResumesAsTheArgumentsSayUnlessToldOtherwise) {
  EventfulRun run;
  run.train();
  run.args.max_steps = 3;
  run.args.resume_from_checkpoint = "true";
  EXPECT_EQ((run.start(), run.loop().train(std::nullopt), run.events().substr(0, 15)), "I TB EB SB SS P");
  EXPECT_EQ(run.engine().updates_in_weights(), 3);
  EXPECT_EQ((run.start(), run.loop().train("false"), run.engine().micros().size()), 6U);
  EXPECT_EQ((run.start(), run.loop().train(""), run.engine().micros().size()), 6U);
}

TEST(TrainLoop, AFolderMayBeNamedByItsPathOrByItsNameInTheOutputFolder) {
  for (const bool by_path : {false, true}) {
    EventfulRun run;
    run.train();
    run.resume(by_path ? (run.folder() / "checkpoint-1").string() : "checkpoint-1");
    EXPECT_EQ(run.engine().micros().size(), 2U);
    EXPECT_EQ(run.state().global_step, 2);
  }
}

TEST(TrainLoop, AnAbsentCheckpointIsAnErrorThatNamesIt) {
  for (const std::string request : {"true", "checkpoint-77"}) {
    LoopFixture run;
    run.start();
    try {
      run.loop().train(request);
      ADD_FAILURE() << request << " was found";
    } catch (const CheckpointError& error) {
      EXPECT_THAT(error.what(), HasSubstr("resume_from_checkpoint=" + request));
    }
    EXPECT_EQ(run.events(), "I X");
  }
}

// --- running out of memory ---

struct TooLarge : LoopFixture {
  TooLarge() {
    script.oom_above = 5;
    args.max_steps = 2;
  }
};

TEST(TrainLoop, AutoFindBatchSizeShrinksTheBatchUntilItFits) {
  TooLarge run;
  run.args.auto_find_batch_size = true;
  run.train();
  EXPECT_EQ(run.events(), "I TB EB SB TB EB SB TB EB SB TB EB U(2) SV EE L TE");
  EXPECT_EQ(run.state().train_batch_size, 5);
}

TEST(TrainLoop, ThatSizeIsTakenUpAgainByAResume) {
  TooLarge run;
  run.args.auto_find_batch_size = true;
  run.train();
  run.args.max_steps = 3;
  run.resume();
  EXPECT_EQ(run.events(), "I TB EB U SV EE L TE");
}

TEST(TrainLoop, OutOfMemoryIsRaisedUnlessToldToShrink) {
  TooLarge run;
  EXPECT_THROW(run.train(), OutOfMemoryError);
  EXPECT_EQ(run.events(), "I TB EB SB X");
}

TEST(TrainLoop, OutOfMemoryIsRaisedIfNotEvenOneSampleFits) {
  TooLarge run;
  run.script.oom_above = 0;
  run.args.auto_find_batch_size = true;
  EXPECT_THROW(run.train(), OutOfMemoryError);
}

TEST(TrainLoop, OutOfMemoryInAnEvaluationIsRaised) {
  for (const bool on_start : {false, true}) {
    EventfulRun run;
    run.args.auto_find_batch_size = true;
    run.args.eval_on_start = on_start;
    run.add({.on_prediction_step = [](PredictionStepEvent&) { throw OutOfMemoryError("too small a card"); }});
    EXPECT_THROW(run.train(), OutOfMemoryError);
    EXPECT_EQ(run.steps(EventKind::kTrainBegin), Steps({0}));
  }
}

TEST(TrainLoop, AnAttemptThatRanOutOfMemoryLeavesNoBestModelBehind) {
  LoopFixture run;
  run.args.max_steps = 16;
  run.args.auto_find_batch_size = true;
  run.args.eval_strategy = EvalStrategy::kEpoch;
  run.args.save_strategy = SaveStrategy::kEpoch;
  run.args.load_best_model_at_end = true;
  run.eval_losses({1, 9, 5});
  run.set_flag(EventKind::kStepEnd, 3, &TrainerControl::should_save);
  run.add({.on_step_begin = [first = true](StepEvent& event) mutable {
    if (event.state.global_step == 9 && std::exchange(first, false)) throw OutOfMemoryError("late");
  }});
  run.train();
  EXPECT_EQ(run.state().train_batch_size, 7);
  EXPECT_EQ(run.state().best_metric, 5);
  for (const SeenEvent& event : run.seen()) {
    if (event.step >= 8) continue;
    EXPECT_EQ(event.best_model_checkpoint, std::nullopt) << event_name(event.kind);
  }
}

// --- what exists when ---

std::string present(const Objects& objects) {
  std::string letters;
  const std::map<ObjectKind, char> names = {{ObjectKind::kModel, 'm'},
                                            {ObjectKind::kOptimizer, 'o'},
                                            {ObjectKind::kLrScheduler, 'l'},
                                            {ObjectKind::kTrainDataloader, 't'},
                                            {ObjectKind::kEvalDataloader, 'e'}};
  for (const auto& [kind, letter] : names) letters += objects.has(kind) ? letter : '-';
  return letters;
}

/// Notes the objects at each kind of event, when it comes first.
class ObjectWatcher final : public fakes::EveryEventCallback {
 public:
  void on_event(EventKind kind, Event& event, const Record*) override { first.emplace(kind, present(event.objects)); }
  std::map<EventKind, std::string> first;
};

TEST(TrainLoop, ObjectsExistFromTheEventsOnThatTheDocumentationNames) {
  EventfulRun run;
  const auto watcher = std::make_shared<ObjectWatcher>();
  run.callbacks = {watcher};
  run.train();
  EXPECT_EQ(watcher->first[EventKind::kInitEnd], "m----");
  EXPECT_EQ(watcher->first[EventKind::kTrainBegin], "molt-");
  EXPECT_EQ(watcher->first[EventKind::kStepEnd], "molt-");
  EXPECT_EQ(watcher->first[EventKind::kPredictionStep], "molte");
  EXPECT_EQ(watcher->first[EventKind::kTrainEnd], "molte");
}

TEST(TrainLoop, TheScheduleThatCallbacksSeeIsTheOneInUse) {
  EventfulRun run;
  std::vector<double> rates;
  run.add({.on_step_end = [&](StepEvent& event) {
    rates.push_back(event.objects.get<LrScheduler>(ObjectKind::kLrScheduler).learning_rate());
  }});
  run.train();
  EXPECT_THAT(rates, ElementsAre(5e-5 / 2, 0));
}

TEST(TrainLoop, TheScheduleIsGoneWithTheLoop) {
  EventfulRun run;
  run.train();
  run.end();
  EXPECT_FALSE(run.engine().objects().has(ObjectKind::kLrScheduler));
}

// --- odds ---

TEST(TrainLoop, AStreamThatRunsDryEndsTheRunWithANotice) {
  LoopFixture run;
  run.args.max_steps = 20;
  run.script.sized = false;
  run.script.restartable = false;
  run.script.train_samples = 24;
  EXPECT_EQ(run.train().global_step, 3);
  EXPECT_EQ(run.events(), "I TB EB U(3) EE EB EE L TE");
  EXPECT_THAT(run.notices.ids(), ElementsAre("no_samples"));
}

TEST(TrainLoop, AStreamTooShortForAnUpdateEndsTheRunWithANotice) {
  LoopFixture run;
  run.args.max_steps = 20;
  run.args.gradient_accumulation_steps = 4;
  run.script.sized = false;
  run.script.train_samples = 3 * run.args.per_device_train_batch_size;
  EXPECT_EQ(run.train().global_step, 0);
  EXPECT_THAT(run.notices.ids(), ElementsAre("no_samples"));
}

TEST(TrainLoop, LeavesTheHistoryEmptyIfToldTo) {
  LoopFixture run;
  run.keep_history = false;
  run.args.logging_steps = 1;
  run.args.max_steps = 3;
  run.train();
  EXPECT_EQ(run.logs(), Steps({1, 2, 3}));
  EXPECT_THAT(run.state().log_history, IsEmpty());
}

}  // namespace
}  // namespace baton
