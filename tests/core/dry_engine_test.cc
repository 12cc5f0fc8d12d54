#include "src/core/dry_engine.h"

#include "baton/core/checkpoint_folder.h"
#include "baton/core/errors.h"
#include "src/base/files.h"
#include "tests/fakes/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace baton {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;

/// The samples of every batch of one pass.
std::vector<std::int64_t> batches(DryEngine& engine, std::int64_t epoch, std::int64_t skip = 0) {
  engine.begin_epoch(epoch, skip);
  const std::size_t before = engine.micros().size();
  while (const int count = engine.fetch_window(2)) {
    for (int i = 0; i < count; ++i) engine.micro_step({.index = i, .divisor = 1.0});
  }
  std::vector<std::int64_t> samples;
  for (std::size_t i = before; i < engine.micros().size(); ++i) samples.push_back(engine.micros()[i].samples);
  return samples;
}

TEST(Series, RepeatsItsLastEntryOrFallsBack) {
  const Series<int> series{{1, 2}, 9};
  EXPECT_EQ(series.at(0), 1);
  EXPECT_EQ(series.at(5), 2);
  EXPECT_EQ((Series<int>{{}, 9}.at(3)), 9);
}

TEST(DryEngine, PassesOverItsSamplesInBatches) {
  DryEngine engine({.train_samples = 19, .train_batch_size = 8});
  EXPECT_EQ(engine.train_batches(), 3);
  EXPECT_THAT(batches(engine, 0), ElementsAre(8, 8, 3));
  EXPECT_THAT(batches(engine, 1, 1), ElementsAre(8, 3)) << "one batch skipped";
  EXPECT_THAT(batches(engine, 1, 7), ElementsAre()) << "more skipped than there are";
}

TEST(DryEngine, DropsAShortLastBatchIfToldTo) {
  DryEngine engine({.train_samples = 19, .train_batch_size = 8, .drop_last = true});
  EXPECT_EQ(engine.train_batches(), 2);
  EXPECT_THAT(batches(engine, 0), ElementsAre(8, 8));
}

TEST(DryEngine, AStreamHasNoLengthAndBeginsAgainOnlyIfItCan) {
  for (const bool restartable : {true, false}) {
    DryEngine engine({.train_samples = 10, .sized = false, .restartable = restartable});
    EXPECT_EQ(engine.train_batches(), std::nullopt);
    EXPECT_EQ(engine.train_samples(), std::nullopt);
    EXPECT_EQ(batches(engine, 0).size(), 2U);
    EXPECT_EQ(batches(engine, 1).size(), restartable ? 2U : 0U);
  }
}

/// Runs one window of these losses and gradients.
LossRead window(DryEngine& engine, int size, bool filter = true) {
  const int count = engine.fetch_window(size);
  for (int i = 0; i < count; ++i) {
    engine.micro_step({.index = i, .divisor = static_cast<double>(count), .leave_out_nonfinite = filter});
  }
  engine.clip(1.0, false);
  return engine.read_loss();
}

DryEngine engine_of(std::vector<float> losses, std::vector<float> grads) {
  DryEngine engine({.train_samples = 64, .micro_losses = {std::move(losses), 0}, .micro_grads = {std::move(grads), 0}});
  engine.begin_epoch(0, 0);
  return engine;
}

TEST(DryEngine, DividesLossesAndGradientsByTheWindow) {
  DryEngine engine = engine_of({2, 4}, {3, -9});
  const LossRead read = window(engine, 2);
  EXPECT_EQ(read.loss_sum, 3.0);
  EXPECT_EQ(read.grad_norm, 3.0);
}

TEST(DryEngine, GradientsAddUpUntilTheyAreZeroed) {
  DryEngine engine = engine_of({0}, {1, 2, 4});
  window(engine, 1);
  EXPECT_EQ(window(engine, 1).grad_norm, 3.0);
  engine.zero_grad();
  EXPECT_EQ(window(engine, 1).grad_norm, 4.0);
}

TEST(DryEngine, ANonfiniteLossIsReplacedByTheRunningMeanOrKept) {
  DryEngine filtered = engine_of({2, NAN}, {1});
  window(filtered, 1);
  EXPECT_EQ(window(filtered, 1).loss_sum, 4.0) << "2 + 2 / (1 + 0 updates since the log)";
  EXPECT_EQ(filtered.read_loss().nonfinite, 1);
  DryEngine unfiltered = engine_of({2, INFINITY}, {1});
  window(unfiltered, 1, false);
  EXPECT_EQ(window(unfiltered, 1, false).loss_sum, INFINITY);
  EXPECT_EQ(unfiltered.read_loss().nonfinite, 1);
}

TEST(DryEngine, SumsCanBeResetAndTakenUpAgain) {
  DryEngine engine = engine_of({2}, {1});
  window(engine, 1);
  engine.reset_loss();
  EXPECT_EQ(engine.read_loss().loss_sum, 0.0);
  engine.restore_loss(5.5, 3);
  EXPECT_EQ(window(engine, 1).loss_sum, 7.5);
  EXPECT_EQ(engine.read_loss().nonfinite, 3);
}

TEST(DryEngine, RunsOutOfMemoryAboveItsLimitAndFitsAfterARestart) {
  DryEngine engine({.train_samples = 64, .train_batch_size = 8, .oom_above = 4});
  engine.begin_epoch(0, 0);
  EXPECT_THROW(window(engine, 1), OutOfMemoryError);
  engine.restart(4);
  engine.begin_epoch(0, 0);
  EXPECT_NO_THROW(window(engine, 1));
  EXPECT_EQ(engine.train_batch_size(), 4);
}

TEST(DryEngine, TheEvaluationLossIsTheMeanOverSamples) {
  DryEngine engine({.eval_batch_size = 8, .eval_sets = {{"", {.samples = 10, .losses = {{{{1, 6}, 0}}, {}}}}}});
  int calls = 0;
  const EvalResult result = engine.evaluate({}, true, [&](auto batches) { calls += batches == 2 ? 1 : 100; });
  EXPECT_EQ(result.loss, (8.0 * 1 + 2 * 6) / 10);
  EXPECT_EQ(calls, 2);
}

TEST(DryEngine, AnUnknownEvaluationSetIsRefused) {
  DryEngine engine({});
  EXPECT_THROW(engine.evaluate({.set = "nowhere"}, true, [](auto) {}), ConfigError);
}

class DryCheckpoint : public testing::Test {
 protected:
  DryCheckpoint() { schedule.step_metric(1.5); }
  void save(SaveScope scope) {
    const auto draft = store.begin(checkpoint);
    engine.save(*draft, scope, schedule, false)();
    draft->commit({});
  }

  fakes::TemporaryFolder folder;
  CheckpointFolder store{folder.path()};
  fs::path checkpoint = store.path_of_step(1);
  DryEngine engine{{.train_samples = 64}};
  LrScheduler schedule{{.type = LrSchedulerType::kReduceLrOnPlateau}};
};

TEST_F(DryCheckpoint, ComesBackWhole) {
  engine.optimizer_step(0);
  engine.optimizer_step(0);
  save(SaveScope::kEverything);
  DryEngine other({});
  other.load_model(checkpoint);
  EXPECT_EQ(other.updates_in_weights(), 2);
  EXPECT_EQ(other.load_optimizer(checkpoint), schedule.state());
}

TEST_F(DryCheckpoint, OfTheModelAloneHasNoOptimizer) {
  save(SaveScope::kModelOnly);
  EXPECT_NO_THROW(engine.load_model(checkpoint));
  EXPECT_EQ(engine.load_optimizer(checkpoint), std::nullopt);
}

TEST_F(DryCheckpoint, WithOptimizerOrScheduleMissingGivesNeither) {
  for (const char* missing : {"optimizer.json", "scheduler.json"}) {
    save(SaveScope::kEverything);
    fs::remove(checkpoint / missing);
    EXPECT_EQ(engine.load_optimizer(checkpoint), std::nullopt) << missing;
  }
}

TEST_F(DryCheckpoint, WithoutWeightsIsRefused) { EXPECT_THROW(engine.load_model(checkpoint), CheckpointError); }

}  // namespace
}  // namespace baton
