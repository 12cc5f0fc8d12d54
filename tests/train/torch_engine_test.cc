#include <ATen/record_function.h>
#include <gmock/gmock.h>

#include <cmath>

#include "baton/core/checkpoint_folder.h"
#include "baton/core/errors.h"
#include "baton/train/seed.h"
#include "src/train/torch_errors.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/train/torch_engine_fixture.h"
#include "tests/train/torch_golden.h"

namespace baton::train {
namespace {

using testing::HasSubstr;

// --- losses ---

TEST_F(TorchEngineTest, DividesEachLossByTheWindow) {
  make(sequential(1), {3, 6, 9}).prepare(1);
  run_window(3);
  EXPECT_EQ(engine_->read_loss().loss_sum, 6.0);
  EXPECT_EQ(net_->weight.grad().item<float>(), 6.0F);
}

TEST_F(TorchEngineTest, KeepsAddingAfterAReadUntilReset) {
  make(sequential(1), {1, 2, 3}).prepare(1);
  run_window(1);
  EXPECT_EQ(engine_->read_loss().loss_sum, 1.0);
  run_window(1);
  EXPECT_EQ(engine_->read_loss().loss_sum, 3.0);
  engine_->reset_loss();
  run_window(1);
  EXPECT_EQ(engine_->read_loss().loss_sum, 3.0);
}

TEST_F(TorchEngineTest, PutsTheRunningMeanInPlaceOfANonFiniteLoss) {
  make(sequential(1), {2, kNaN, 1}).prepare(1);
  run_window(1);
  run_window(1, {.updates_since_log = 1});
  run_window(1, {.updates_since_log = 2});
  EXPECT_EQ(engine_->read_loss().loss_sum, 4.0);  // 2 + 2 / (1 + 1) + 1
  EXPECT_EQ(engine_->read_loss().nonfinite, 1);
}

TEST_F(TorchEngineTest, LetsANonFiniteLossThroughWithoutTheFilter) {
  make(sequential(1), {2, kNaN}).prepare(1);
  run_window(2, {.leave_out_nonfinite = false});
  EXPECT_TRUE(std::isnan(engine_->read_loss().loss_sum));
  EXPECT_EQ(engine_->read_loss().nonfinite, 1);
}

TEST_F(TorchEngineTest, ContinuesARestoredSum) {
  make(sequential(1), {2}).prepare(1);
  engine_->restore_loss(1.5, 3);
  run_window(1);
  EXPECT_EQ(engine_->read_loss().loss_sum, 3.5);
  EXPECT_EQ(engine_->read_loss().nonfinite, 3);
}

/// Counts the operations that make the host wait, outside of the fused kernel (which reads its step on the CPU only).
class HostReads {
 public:
  HostReads() {
    depth_in_kernel() = 0;
    count() = 0;
    handle_ = at::addThreadLocalCallback(
        at::RecordFunctionCallback(
            [](const at::RecordFunction& function) -> std::unique_ptr<at::ObserverContext> {
              const std::string_view name = function.name();
              if (name == "aten::_fused_adamw_") ++depth_in_kernel();
              if (depth_in_kernel() == 0 && (name == "aten::_local_scalar_dense" || name == "aten::nonzero")) ++count();
              return nullptr;
            },
            [](const at::RecordFunction& function, at::ObserverContext*) {
              if (std::string_view(function.name()) == "aten::_fused_adamw_") --depth_in_kernel();
            })
            .scopes({at::RecordScope::FUNCTION}));
  }
  ~HostReads() { at::removeCallback(handle_); }
  HostReads(const HostReads&) = delete;
  HostReads& operator=(const HostReads&) = delete;

  static int& count() {
    thread_local int count = 0;
    return count;
  }

 private:
  static int& depth_in_kernel() {
    thread_local int depth = 0;
    return depth;
  }
  at::CallbackHandle handle_;
};

TEST_F(TorchEngineTest, NeverWaitsForTheDeviceBetweenLogs) {
  make(sequential(1), {1, 2, 3, 4, 5, 6}).prepare(6);
  const HostReads reads;
  for (int update = 0; update < 3; ++update) {
    run_window(2);
    engine_->clip(1.0, false);
    engine_->optimizer_step(0.1);
    engine_->zero_grad();
  }
  EXPECT_EQ(engine_->host_syncs(), 0);
  EXPECT_EQ(HostReads::count(), 0);
  engine_->read_loss();
  EXPECT_EQ(engine_->host_syncs(), 1);  // the gradient norm; a loss on the host needs none
  torch::ones(1).item<float>();
  EXPECT_EQ(HostReads::count(), 1) << "the counter counts";
}

// --- updates ---

TEST_F(TorchEngineTest, MeasuresTheNormBeforeClipping) {
  make(sequential(1), {8}).prepare(1);
  EXPECT_FALSE(engine_->read_loss().grad_norm.has_value());
  run_window(1);
  engine_->clip(1.0, false);
  EXPECT_EQ(engine_->read_loss().grad_norm, 8.0);
  EXPECT_NEAR(net_->weight.grad().item<float>(), 1.0F, 1e-6);
}

TEST_F(TorchEngineTest, MeasuresTheNormWithoutClipping) {
  make(sequential(1), {8}).prepare(1);
  run_window(1);
  engine_->clip(0.0, true);
  EXPECT_EQ(engine_->read_loss().grad_norm, 8.0);
  EXPECT_EQ(net_->weight.grad().item<float>(), 8.0F);
}

TEST_F(TorchEngineTest, GivesTheRateToEveryGroupAndTheDecayToItsOwn) {
  TrainingArguments args = sequential(1);
  args.weight_decay = 0.5;
  make(args, {1}).prepare(1);
  run_window(1);
  engine_->optimizer_step(0.25);
  const auto& groups = engine_->objects().get<Optimizer>(ObjectKind::kOptimizer).groups();
  ASSERT_EQ(groups.size(), 2U);
  for (const ParamGroup& group : groups) EXPECT_EQ(group.learning_rate, 0.25);
  EXPECT_EQ(groups[0].weight_decay, 0.5);
  EXPECT_EQ(groups[1].weight_decay, 0.0);
}

TEST_F(TorchEngineTest, KeepsItsOptimizerWhenPreparedAgain) {
  make(sequential(1), {1}).prepare(1);
  const Optimizer* first = &engine_->objects().get<Optimizer>(ObjectKind::kOptimizer);
  engine_->prepare(5);
  EXPECT_EQ(&engine_->objects().get<Optimizer>(ObjectKind::kOptimizer), first);
}

TEST_F(TorchEngineTest, ObjectsAppearWhenTheyExist) {
  Objects& objects = make(sequential(1), {1}).objects();
  EXPECT_TRUE(objects.has(ObjectKind::kModel));
  EXPECT_FALSE(objects.has(ObjectKind::kOptimizer));
  EXPECT_FALSE(objects.has(ObjectKind::kTrainDataloader));
  EXPECT_FALSE(objects.has(ObjectKind::kEvalDataloader));
  engine_->prepare(1);
  evaluate("");
  EXPECT_EQ(objects.get<DataLoader>(ObjectKind::kTrainDataloader).samples(), 1);
  EXPECT_EQ(objects.get<DataLoader>(ObjectKind::kEvalDataloader).samples(), 3);
}

TEST_F(TorchEngineTest, RestartsWithAnotherBatchSize) {
  make(sequential(4), {1, 2, 3, 4}).prepare(1);
  engine_->restart(3);
  EXPECT_EQ(engine_->train_batch_size(), 3);
  EXPECT_EQ(engine_->train_batches(), 2);
}

TEST_F(TorchEngineTest, TellsOutOfMemoryApart) {
  EXPECT_THROW(
      with_clear_errors("Step", nullptr, [] { TORCH_CHECK(false, "DefaultCPUAllocator: can't allocate memory"); }),
      OutOfMemoryError);
}

TEST_F(TorchEngineTest, SaysWhatDidNotFitInOneLine) {
  const auto net = std::make_shared<torch::nn::LinearImpl>(4, 2);
  TorchEngine engine(resolve(sequential(2)),
                     {.model = supervised(net, torch::nn::MSELoss()), .train_dataset = data({1, 2})});
  engine.prepare(1);
  engine.fetch_window(1);
  try {
    engine.micro_step({});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("Training step (inputs [2] float, labels [2] long) failed: "));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
  }
}

TEST_F(TorchEngineTest, RefusesALossThatIsNoNumberOrNeedsNoGradients) {
  net_->weight.set_requires_grad(false);
  make(sequential(1), {1}).prepare(1);
  engine_->fetch_window(1);
  EXPECT_THROW(engine_->micro_step({}), ConfigError);
  const auto net = std::make_shared<torch::nn::LinearImpl>(1, 1);
  TorchEngine engine(resolve(sequential(2)),
                     {.model = supervised(net, [](const at::Tensor& x, const at::Tensor&) { return x; }),
                      .train_dataset = std::make_shared<TensorDataset>(torch::zeros({2, 1}))});
  engine.prepare(1);
  engine.fetch_window(1);
  EXPECT_THROW(engine.micro_step({}), ConfigError);
}

TEST_F(TorchEngineTest, TrainsToTheBitAsPythonDoes) {
  at::set_num_threads(1);
  set_seed(42);
  // Braces, unlike parentheses, make the layers in the order in which they are written.
  const torch::nn::Sequential net{torch::nn::Linear(8, 16), torch::nn::LayerNorm(torch::nn::LayerNormOptions({16})),
                                  torch::nn::Dropout(0.1), torch::nn::ReLU(), torch::nn::Linear(16, 4)};
  const at::Tensor inputs = torch::randn({56, 8});
  const at::Tensor labels = torch::randint(0, 4, {56}, at::kLong);
  TorchEngine engine(resolve({.weight_decay = 0.01}),
                     {.model = supervised(net, torch::nn::CrossEntropyLoss()),
                      .train_dataset = std::make_shared<TensorDataset>(inputs, labels)});
  engine.prepare(6);
  std::vector<double> losses;
  std::vector<double> norms;
  for (int epoch = 0; epoch < 2; ++epoch) {
    engine.begin_epoch(epoch, 0);
    while (const int window = engine.fetch_window(3)) {
      for (int i = 0; i < window; ++i) engine.micro_step({.index = i, .divisor = static_cast<double>(window)});
      engine.clip(1.0, true);
      engine.optimizer_step(1e-2);
      engine.zero_grad();
      const LossRead read = engine.read_loss();
      engine.reset_loss();
      losses.push_back(read.loss_sum);
      norms.push_back(*read.grad_norm);
    }
  }
  const TorchGolden golden;
  const Record& expected = *golden.root().find("training")->record();
  golden.expect_equal(torch::tensor(losses, at::kDouble), *expected.find("losses"));
  golden.expect_equal(torch::tensor(norms, at::kDouble), *expected.find("norms"));
  for (const auto& [name, weights] : *expected.find("weights")->record()) {
    golden.expect_equal(net->named_parameters()[name], weights);
  }
}

// --- set-up and checkpoints ---

TEST_F(TorchEngineTest, NamesTheEvaluationSetThatIsEmpty) {
  const auto empty = std::make_shared<TensorDataset>(torch::zeros({0, 2}));
  try {
    TorchEngine(resolve({}), {.model = Model(net_).module(), .eval_datasets = {{"odd", empty}}});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "eval_dataset \"odd\" is empty, expected at least one sample");
  }
}

TEST_F(TorchEngineTest, RefusesToBeMadeWithoutAModelOrWithEmptyData) {
  EXPECT_THROW(TorchEngine(resolve({}), {}), ConfigError);
  const auto empty = std::make_shared<TensorDataset>(torch::zeros({0, 2}));
  EXPECT_THROW(TorchEngine(resolve({}), {.model = Model(net_).module(), .train_dataset = empty}), ConfigError);
  EXPECT_THROW(TorchEngine(resolve({}), {.model = Model(net_).module(), .eval_datasets = {{"", empty}}}), ConfigError);
}

TEST_F(TorchEngineTest, SavesAndLoadsTheWeights) {
  const fakes::TemporaryFolder folder;
  CheckpointFolder store(folder.path());
  make(sequential(1), {1});
  const auto draft = store.begin(store.path_of_step(1));
  engine_->save(*draft, SaveScope::kEverything, LrScheduler(LrScheduleSpec()), false)();
  draft->commit({});
  const at::NoGradGuard no_grad;
  net_->weight.fill_(5.0);
  engine_->load_model(store.path_of_step(1));
  EXPECT_EQ(net_->weight.item<float>(), 1.0F);
}

}  // namespace
}  // namespace baton::train
