// D15: with save_async a checkpoint is written while training goes on.
#include "baton/callbacks/time_limit.h"
#include "baton/core/errors.h"
#include "src/base/byte_sink.h"
#include "tests/fakes/loop_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace baton {
namespace {

namespace fs = std::filesystem;

using fakes::LoopFixture;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

/// Writes no checkpoint before the gate is open.
struct GatedEngine : DryEngine {
  GatedEngine(const DryScript& script, std::shared_future<void> open) : DryEngine(script), gate(std::move(open)) {}
  SaveWork save(CheckpointDraft& draft, SaveScope scope, const LrScheduler& scheduler, bool may_wait) override {
    return [write = DryEngine::save(draft, scope, scheduler, may_wait), open = gate] {
      open.wait();
      write();
    };
  }
  std::shared_future<void> gate;
};

/// Saves every two of eight updates; the gate opens at the end of update `opens_at`.
struct GatedRun : LoopFixture {
  explicit GatedRun(std::int64_t opens_at) {
    args.max_steps = 8;
    args.save_steps = 2;
    args.save_async = true;
    make_engine = [open = gate.get_future().share()](const DryScript& numbers) {
      return std::make_unique<GatedEngine>(numbers, open);
    };
    add({.on_step_end =
             [this, opens_at](StepEvent& event) {
               if (event.state.global_step == opens_at) gate.set_value();
             },
         .on_save = [this](SaveEvent& event) { saves.emplace_back(event.step, event.state.global_step); }});
  }
  std::promise<void> gate;
  std::vector<std::pair<std::int64_t, std::int64_t>> saves;  ///< the checkpoint's step, and when on_save came
};

TEST(D15, OnSaveComesWhenTheCheckpointIsOnTheDiskWithItsOwnStep) {
  GatedRun run(4);
  run.args.max_steps = 4;
  run.train();
  EXPECT_THAT(run.saves, ElementsAre(Pair(2, 4), Pair(4, 4))) << "the next save and the end of training wait";
  EXPECT_THAT(run.folders(), ElementsAre("checkpoint-2", "checkpoint-4"));
}

TEST(D15, TheLastOneIsOnTheDiskBeforeTrainEnd) {
  GatedRun run(1);
  std::size_t at_end = 0;
  run.add({.on_train_end = [&](Event&) { at_end = run.saves.size(); }});
  run.train();
  EXPECT_EQ(at_end, 4U);
}

TEST(D15, ACheckpointIsOfTheStepThatAskedForIt) {
  GatedRun run(4);
  run.train();
  for (const std::int64_t step : {2, 4, 6, 8}) {
    DryEngine engine({});
    engine.load_model(run.folder() / ("checkpoint-" + std::to_string(step)));
    EXPECT_EQ(engine.updates_in_weights(), step);
    EXPECT_EQ(run.saved(step).state.global_step, step);
  }
}

TEST(D15, TheLastStepIsSavedOnce) {
  GatedRun run(-1);
  run.args.save_steps = 8;
  run.add({.on_epoch_end = [&](Event&) { run.gate.set_value(); }});  // it is still being written then
  run.train();
  EXPECT_EQ(run.saves.size(), 1U);
  EXPECT_TRUE(run.saved(8).loop->epoch_end_owed) << "it was saved at the end of the step";
}

TEST(D15, OneThatIsDoneDoesNotTakeThePlaceOfTheNext) {
  LoopFixture run;
  run.args.max_steps = 40;
  run.args.save_steps = 1;
  run.args.save_async = true;
  run.train();
  EXPECT_EQ(run.folders().size(), 40U);
}

TEST(D15, TheLimitAndTheBestOneHoldAsWithoutIt) {
  const auto left = [](bool in_background) {
    LoopFixture run;
    run.args.max_steps = 25;
    run.args.eval_strategy = EvalStrategy::kSteps;
    run.args.eval_steps = 5;
    run.args.save_steps = 5;
    run.args.load_best_model_at_end = true;
    run.args.save_total_limit = 2;
    run.args.save_async = in_background;
    run.eval_losses({3, 1, 2, 4, 4});
    run.train();
    EXPECT_EQ(run.loop().best_reloaded_from(), run.folder() / "checkpoint-10");
    return run.folders();
  };
  EXPECT_EQ(left(true), left(false));
}

TEST(D15, ATimeLimitIsNoEndToResumeTo) {
  LoopFixture run;
  run.args.max_steps = 30;
  run.args.save_steps = 1;
  run.args.save_async = true;
  const auto limit =
      std::make_shared<TimeLimitCallback>(std::chrono::seconds(5), std::shared_ptr<Clock>(&run.clock, [](Clock*) {}));
  run.callbacks.push_back(limit);
  run.add({.on_step_begin = [&](StepEvent&) { run.clock.advance(std::chrono::seconds(1)); }});
  EXPECT_LE(run.train().global_step, 7);
  run.callbacks.clear();
  EXPECT_EQ(run.resume().global_step, 30);
}

TEST(D15, AnErrorSurfacesAtTheNextSave) {
  struct Failing : DryEngine {
    using DryEngine::DryEngine;
    SaveWork save(CheckpointDraft& draft, SaveScope scope, const LrScheduler& scheduler, bool may_wait) override {
      if (++saves == 1) return [] { throw Error("the cable is out"); };
      return DryEngine::save(draft, scope, scheduler, may_wait);
    }
    int saves = 0;
  };
  LoopFixture run;
  run.args.max_steps = 6;
  run.args.save_steps = 3;
  run.args.save_async = true;
  run.make_engine = [](const DryScript& script) { return std::make_unique<Failing>(script); };
  try {
    run.train();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const CheckpointError& error) {
    EXPECT_THAT(error.what(), HasSubstr("checkpoint-3 could not be written: the cable is out"));
  }
  EXPECT_THAT(run.folders(), ElementsAre());
  EXPECT_THAT(run.closes(), ElementsAre(RunStatus::kFailed));
}

TEST(D15, ARunThatFailsFirstStillFinishesTheCheckpoint) {
  GatedRun run(3);
  run.crash(EventKind::kStepEnd, 3);
  EXPECT_THAT(run.folders(), ElementsAre("checkpoint-2"));
  EXPECT_TRUE(CheckpointFolder(run.folder()).verify(run.folder() / "checkpoint-2"));
}

}  // namespace
}  // namespace baton
