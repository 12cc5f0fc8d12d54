// A training with trackers: what reaches them, in all its deaths and resumes.
#include "baton/track/tracker_callback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baton/track/run.h"
#include "baton/track/tracker_group.h"
#include "src/track/journal/reader.h"
#include "src/track/run_folders.h"
#include "tests/fakes/fake_tracker.h"
#include "tests/fakes/loop_fixture.h"

namespace baton::track {
namespace {

using fakes::LoopFixture;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class FakeCallback final : public TrackerCallback {
 public:
  explicit FakeCallback(fakes::FakeSink& sink) : sink_(sink) {}
  std::string tracker_name() const override { return "fake"; }
  std::unique_ptr<Tracker> setup(const Event&) override { return std::make_unique<fakes::FakeTracker>(sink_); }

 private:
  fakes::FakeSink& sink_;
};

class TrackedTrainingTest : public testing::Test {
 protected:
  TrackedTrainingTest() {
    run.args.logging_steps = 2;
    run.args.save_steps = 3;
    run.args.max_steps = 12;
    for (int i = 0; i < 40; ++i) run.script.micro_losses.values.push_back(static_cast<float>(i % 7));
    new_process();
  }
  /// Callbacks of a new process, reporting to the same sinks.
  void new_process() {
    run.callbacks.clear();
    group = std::make_shared<TrackerGroup>();
    for (fakes::FakeSink* sink : {&first, &second}) {
      auto callback = std::make_shared<FakeCallback>(*sink);
      callback->join(group);
      run.callbacks.push_back(callback);
    }
  }
  /// The logs that a sink holds, as the history has them.
  static std::vector<std::string> logs(const fakes::FakeSink& sink) {
    std::vector<LogRecord> records;
    for (const Entry& entry : sink.entries) {
      if (entry.kind != EntryKind::kLog) continue;
      LogRecord record = entry.values;
      record.set("step", entry.step);
      records.push_back(record);
    }
    return fakes::timeless(records);
  }
  std::vector<std::string> history() { return fakes::timeless(run.state().log_history); }
  std::vector<std::filesystem::path> runs() { return run_folders(run.folder()); }

  LoopFixture run;
  fakes::FakeSink first;
  fakes::FakeSink second;
  std::shared_ptr<TrackerGroup> group;
};

TEST_F(TrackedTrainingTest, TheHistoryReachesEveryTrackerThroughOneJournal) {
  run.train();
  const auto expected = history();
  run.end();
  EXPECT_THAT(expected, SizeIs(7));
  EXPECT_EQ(logs(first), expected);
  EXPECT_EQ(logs(second), expected);
  EXPECT_EQ(first.ended, RunStatus::kFinished);
  EXPECT_EQ(first.entries.front().kind, EntryKind::kParams);
  EXPECT_EQ(first.entries.front().values.find("args")->record()->number("max_steps"), 12);
  EXPECT_THAT(runs(), SizeIs(1));
}

TEST_F(TrackedTrainingTest, AResumedRunIsTheSameRunWithoutOverlap) {
  for (const RewindMeans means : {RewindMeans::kRebuild, RewindMeans::kAppendOnly}) {
    first.means = second.means = means;
    run.crash(EventKind::kStepBegin, 8);  // logged at 8, saved at 6
    new_process();
    run.resume();
    const auto expected = history();
    run.end();
    EXPECT_EQ(logs(first), expected);
    EXPECT_EQ(first.ended, RunStatus::kFinished);
    EXPECT_THAT(runs(), SizeIs(1));
    std::filesystem::remove_all(run.folder() / "baton");
    for (const std::string& name : run.folders()) std::filesystem::remove_all(run.folder() / name);
    first = second = {};
    new_process();
  }
}

TEST_F(TrackedTrainingTest, AnOutageLongerThanTheRunIsMadeUpForByTheNextProcess) {
  run.args.tracker_flush_seconds = 0.0;
  first.fault = [](const std::string&) { return Status::temporary("down"); };
  run.crash(EventKind::kStepBegin, 8);
  first.fault = [](const std::string&) { return Status{}; };
  run.args.tracker_flush_seconds = 30.0;
  new_process();
  run.resume();
  const auto expected = history();
  run.end();
  EXPECT_EQ(logs(first), expected);
  EXPECT_EQ(logs(second), expected);
}

TEST_F(TrackedTrainingTest, AnOlderCheckpointByNameIsANewRunThatNamesTheOld) {
  run.train();
  run.end();
  const std::filesystem::path old = runs().front();
  new_process();
  first = {};
  run.args.resume_from_checkpoint = "checkpoint-6";
  run.resume("checkpoint-6");
  run.end();
  ASSERT_THAT(runs(), SizeIs(2));
  std::vector<std::string> continued;
  for (const auto& folder : runs()) {
    for_each_entry(folder, [&](const Entry& entry) {
      if (const Value* id = entry.values.find("continues")) continued.push_back(*id->text());
    });
  }
  EXPECT_THAT(continued, ElementsAre(old.filename().string()));
  EXPECT_THAT(first.entries[1].step, 8);
}

TEST_F(TrackedTrainingTest, ChangedLearningArgumentsAreANewRunUnlessAskedOtherwise) {
  run.crash(EventKind::kStepBegin, 8);
  run.args.learning_rate *= 2;
  new_process();
  run.crash(EventKind::kStepBegin, 8, "true");
  EXPECT_THAT(runs(), SizeIs(2));
  run.args.learning_rate *= 2;
  run.args.tracker_resume = TrackerResume::kSame;
  new_process();
  run.resume();
  run.end();
  EXPECT_THAT(runs(), SizeIs(2));
}

TEST_F(TrackedTrainingTest, AModelsConfigurationIsShownBesideTheArguments) {
  Record config{{"width", 128}};
  run.make_engine = [&](const DryScript& script) {
    auto engine = std::make_unique<DryEngine>(script);
    engine->objects().put(ObjectKind::kModelConfig, config);
    return engine;
  };
  run.train();
  run.end();
  EXPECT_EQ(*first.entries.front().values.find("model_config")->record(), config);
}

TEST_F(TrackedTrainingTest, ArgumentsThatAResumeChangesAreShownAgainAndOthersAreNot) {
  const auto shown = [this] {
    std::vector<double> max_steps;
    for (const Entry& entry : first.entries) {
      if (entry.kind == EntryKind::kParams)
        max_steps.push_back(entry.values.find("args")->record()->number("max_steps"));
    }
    return max_steps;
  };
  run.crash(EventKind::kStepBegin, 8);
  new_process();
  run.crash(EventKind::kStepBegin, 11, "true");
  EXPECT_THAT(shown(), ElementsAre(12));
  run.args.max_steps = 14;
  new_process();
  run.resume();
  run.end();
  EXPECT_THAT(shown(), ElementsAre(12, 14));
}

TEST_F(TrackedTrainingTest, AnEvaluationAloneIsARunToo) {
  run.eval_losses({0.5});
  run.start().evaluate();
  run.end();
  ASSERT_THAT(logs(first), SizeIs(1));
  EXPECT_EQ(first.entries.front().kind, EntryKind::kParams);
  EXPECT_EQ(logs(first), logs(second));
  EXPECT_EQ(first.ended, RunStatus::kFinished);
}

TEST_F(TrackedTrainingTest, AnEvaluationAfterTheTrainingBelongsToItsRun) {
  run.eval_losses({0.5});
  run.train();
  run.loop().evaluate();
  const auto expected = history();
  run.end();
  EXPECT_EQ(logs(first), expected);
  EXPECT_THAT(runs(), SizeIs(1));
}

TEST_F(TrackedTrainingTest, ASecondTrainingIsASecondRun) {
  run.train();
  run.loop().train();
  run.end();
  EXPECT_THAT(runs(), SizeIs(2));
  EXPECT_EQ(first.starts, 2);
}

TEST_F(TrackedTrainingTest, OnlyTheFirstProcessTracks) {
  const ResolvedArguments args = resolve({.output_dir = run.folder().string()});
  TrainerState state{.is_world_process_zero = false};
  TrainerControl control;
  const Objects objects;
  CallbackHandler handler(run.callbacks, {args, state, control, objects, run.notices});
  handler.on_train_begin();
  handler.on_log({{"loss", 1.0}});
  handler.on_save("checkpoint-1", 1);
  handler.on_train_end();
  handler.on_close(RunStatus::kFinished);
  EXPECT_EQ(first.starts, 0);
  EXPECT_THAT(runs(), IsEmpty());
}

TEST_F(TrackedTrainingTest, AFailureIsToldAsOne) {
  run.crash(EventKind::kStepBegin, 3);
  EXPECT_EQ(first.ended, RunStatus::kFailed);
  new_process();
  run.stop(EventKind::kStepBegin, 3);
  run.end();
  EXPECT_EQ(first.ended, RunStatus::kKilled);
}

}  // namespace
}  // namespace baton::track
