#include "baton/callbacks/time_limit.h"

#include "baton/core/errors.h"
#include "tests/fakes/fake_run.h"
#include "tests/fakes/loop_fixture.h"
#include "tests/fakes/manual_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace baton {
namespace {

using namespace std::chrono_literals;

constexpr TrainerControl kGoOn{};
constexpr TrainerControl kSave{.should_save = true};
constexpr TrainerControl kStop{.should_training_stop = true};

class TimeLimit : public testing::Test {
 protected:
  TimeLimit() { run.train_begin(limit); }

  TrainerControl flags_after_step() {
    run.control = {};
    run.step_end(limit);
    return run.control;
  }
  TrainerControl flags_after_save() {
    run.control = {};
    run.save(limit, "checkpoint-3");
    return run.control;
  }

  fakes::FakeRun run;
  std::shared_ptr<fakes::ManualClock> clock = std::make_shared<fakes::ManualClock>();
  TimeLimitCallback limit{60s, clock};
};

TEST_F(TimeLimit, LeavesTrainingAloneBeforeItsTime) {
  clock->advance(60s - 1ns);
  EXPECT_EQ(flags_after_step(), kGoOn);
  EXPECT_EQ(flags_after_save(), kGoOn);
}

TEST_F(TimeLimit, SavesFirstAndStopsOnceThatIsWrittenSoThatTheCheckpointGoesOn) {
  clock->advance(60s);
  EXPECT_EQ(flags_after_step(), kSave);
  EXPECT_EQ(flags_after_save(), kStop);
}

TEST_F(TimeLimit, StopsAfterTheNextUpdateIfTheSaveWasVetoed) {
  clock->advance(60s);
  EXPECT_EQ(flags_after_step(), kSave);
  EXPECT_EQ(flags_after_step(), kStop);
}

TEST_F(TimeLimit, SaysSoOnce) {
  clock->advance(61s);
  run.at_step(7);
  flags_after_step();
  flags_after_step();
  EXPECT_THAT(run.notices.ids(), testing::ElementsAre("time_limit_reached"));
  EXPECT_THAT(run.notices.all[0].text, testing::HasSubstr("60 s was reached at step 7"));
}

TEST_F(TimeLimit, CountsAnewInASecondRun) {
  clock->advance(61s);
  flags_after_step();
  run.train_begin(limit);
  EXPECT_EQ(flags_after_step(), kGoOn);
}

TEST_F(TimeLimit, TheNextJobGoesOnWhateverTheStrategy) {
  for (const SaveStrategy strategy : {SaveStrategy::kNo, SaveStrategy::kSteps, SaveStrategy::kEpoch}) {
    for (const int steps : {3, 8}) {  // within an epoch, and at its end
      fakes::LoopFixture job;
      job.args.num_train_epochs = 2;
      job.args.save_strategy = strategy;
      job.callbacks = {std::make_shared<TimeLimitCallback>(steps * 1s, clock)};
      job.add({.on_step_begin = [&](StepEvent&) { clock->advance(1s); }});
      EXPECT_EQ(job.train().global_step, steps);
      job.callbacks = {};
      EXPECT_EQ(job.resume().global_step, 16);
    }
  }
}

TEST_F(TimeLimit, RefusesALimitOfNothing) { EXPECT_THROW(TimeLimitCallback(0s), ConfigError); }

}  // namespace
}  // namespace baton
