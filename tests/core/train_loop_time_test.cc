// What the loop tells the ledger.
#include "baton/core/ledger.h"

#include "tests/fakes/loop_fixture.h"

#include <gtest/gtest.h>

#include <chrono>

namespace baton {
namespace {

using fakes::LoopFixture;

/// Everything it does takes a time of its own.
class SlowEngine final : public DryEngine {
 public:
  SlowEngine(const DryScript& script, fakes::ManualClock& clock) : DryEngine(script), clock_(clock) {}

  int fetch_window(int batches) override {
    clock_.advance(std::chrono::seconds(1));
    return DryEngine::fetch_window(batches);
  }
  MicroResult micro_step(const MicroStep& step) override {
    clock_.advance(std::chrono::seconds(2));
    step.ledger->lap(Phase::kForward);
    clock_.advance(std::chrono::seconds(3));
    return DryEngine::micro_step(step);
  }
  void clip(double max_norm, bool may_fold) override {
    clock_.advance(std::chrono::seconds(1));
    DryEngine::clip(max_norm, may_fold);
  }
  bool optimizer_step(double learning_rate) override {
    clock_.advance(std::chrono::seconds(3));
    return DryEngine::optimizer_step(learning_rate);
  }
  LossRead read_loss() override {
    clock_.advance(std::chrono::seconds(10));
    return DryEngine::read_loss();
  }
  EvalResult evaluate(const EvalRequest& request, bool leave_out_nonfinite,
                      const std::function<void(std::optional<std::int64_t>)>& after_batch) override {
    clock_.advance(std::chrono::seconds(100));
    return DryEngine::evaluate(request, leave_out_nonfinite, after_batch);
  }
  SaveWork save(CheckpointDraft& draft, SaveScope scope, const LrScheduler& scheduler, bool may_wait) override {
    clock_.advance(std::chrono::seconds(1000));
    return DryEngine::save(draft, scope, scheduler, may_wait);
  }

 private:
  fakes::ManualClock& clock_;
};

TEST(TrainLoopTime, IsBookedByPhases) {
  LoopFixture run;
  run.ledger.emplace(run.clock, 3);
  run.make_engine = [&](const DryScript& script) { return std::make_unique<SlowEngine>(script, run.clock); };
  run.eval_losses({1.0});
  run.add({.on_step_end = [&](StepEvent&) { run.clock.advance(std::chrono::seconds(5)); }});
  run.args.max_steps = 10;
  run.args.gradient_accumulation_steps = 2;
  run.args.logging_steps = 5;
  run.args.eval_strategy = EvalStrategy::kSteps;
  run.args.eval_steps = 10;
  run.args.save_steps = 10;
  run.train();
  const TimeReport& time = run.output().time;
  EXPECT_DOUBLE_EQ(time.of(Phase::kData), 10 * 1.0);
  EXPECT_DOUBLE_EQ(time.of(Phase::kForward), 20 * 2.0);
  EXPECT_DOUBLE_EQ(time.of(Phase::kBackward), 20 * 3.0);
  EXPECT_DOUBLE_EQ(time.of(Phase::kOptimizer), 10 * 4.0);
  EXPECT_DOUBLE_EQ(time.of(Phase::kLog), 3 * 10.0);  // twice, and at the end
  EXPECT_DOUBLE_EQ(time.of(Phase::kEvaluate), 100.0);
  EXPECT_DOUBLE_EQ(time.of(Phase::kSave), 1010.0);  // with the loss so far
  EXPECT_DOUBLE_EQ(time.of_callbacks(), 10 * 5.0);
  EXPECT_NEAR(time.of(Phase::kOther), 0.0, 1e-9);
  EXPECT_DOUBLE_EQ(time.total, 1340.0);
}

TEST(TrainLoopTime, IsBookedForEachTrainingOnItsOwn) {
  LoopFixture run;
  run.ledger.emplace(run.clock);
  run.make_engine = [&](const DryScript& script) { return std::make_unique<SlowEngine>(script, run.clock); };
  run.args.max_steps = 4;
  const double first = run.train().time.total;
  EXPECT_GT(first, 0.0);
  EXPECT_DOUBLE_EQ(run.loop().train().time.total, first);
}

}  // namespace
}  // namespace baton
