// Which optimizer the engine trains with, and at which rates.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "baton/core/errors.h"
#include "baton/train/model.h"
#include "baton/train/optimizers.h"
#include "src/train/torch_engine.h"

namespace baton::train {
namespace {

class EngineOptimizer : public testing::Test {
 protected:
  TorchEngine& make(const TrainingArguments& args, TorchEngineParts parts = {}) {
    parts.model = supervised(net_, torch::nn::MSELoss());
    parts.train_dataset = std::make_shared<TensorDataset>(torch::ones({4, 2}), torch::ones({4, 1}));
    engine_ = std::make_unique<TorchEngine>(resolve(args), std::move(parts));
    return *engine_;
  }
  /// The engine's optimizer after one update at that rate.
  Optimizer& updated(double learning_rate) {
    engine_->prepare(1);
    engine_->begin_epoch(0, 0);
    engine_->fetch_window(1);
    engine_->micro_step({});
    engine_->optimizer_step(learning_rate);
    return engine_->objects().get<Optimizer>(ObjectKind::kOptimizer);
  }
  static std::unique_ptr<Optimizer> sgd(const std::vector<at::Tensor>& params, double learning_rate) {
    return wrap_optimizer(std::make_unique<torch::optim::SGD>(params, torch::optim::SGDOptions(learning_rate)));
  }

  torch::nn::Linear net_{2, 1};
  std::unique_ptr<TorchEngine> engine_;
};

TEST_F(EngineOptimizer, IsTheOneThatTheArgumentsName) {
  const struct {
    OptimizerName optim;
    const char* name;
  } rows[] = {
      {OptimizerName::kAdamwTorchFused, "AdamW"},
      {OptimizerName::kAdamwTorch, "AdamW"},
      {OptimizerName::kSgd, "SGD"},
      {OptimizerName::kAdagrad, "Adagrad"},
      {OptimizerName::kRmsprop, "RMSprop"},
      {OptimizerName::kAdafactor, "Adafactor"},
      {OptimizerName::kLion, "Lion"},
  };
  for (const auto& row : rows) {
    make({.optim = row.optim});
    EXPECT_EQ(updated(0.1).name(), row.name);
    EXPECT_EQ(engine_->base_learning_rate(5e-5), 5e-5);
  }
}

TEST_F(EngineOptimizer, StepsEveryGroupAtItsShareOfTheRate) {
  make({}, {.param_rules = {{.pattern = "bias", .lr_factor = 0.5}}});
  const auto& groups = updated(0.2).groups();
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].learning_rate, 0.2);
  EXPECT_EQ(groups[2].learning_rate, 0.1);
}

TEST_F(EngineOptimizer, LeavesFrozenParametersWithoutGradient) {
  make({}, {.param_rules = {{.pattern = "bias", .frozen = true}}});
  const at::Tensor before = net_->bias.detach().clone();
  updated(0.2);
  EXPECT_TRUE(net_->bias.equal(before));
  EXPECT_FALSE(net_->bias.grad().defined());
}

TEST_F(EngineOptimizer, OfTheUserBringsItsOwnRate) {
  TorchEngine& engine = make({}, {.create_optimizer = [&] { return sgd(net_->parameters(), 0.5); }});
  EXPECT_EQ(updated(0.25).groups()[0].learning_rate, 0.25);
  EXPECT_EQ(engine.base_learning_rate(5e-5), 0.5);
}

TEST_F(EngineOptimizer, OfTheUserWithoutARateTakesTheArguments) {
  TorchEngine& engine = make({}, {.create_optimizer = [&] { return sgd(net_->parameters(), 0.0); }});
  engine.prepare(1);
  EXPECT_EQ(engine.base_learning_rate(5e-5), 5e-5);
}

TEST_F(EngineOptimizer, OfTheUserHasGroupsOfItsOwn) {
  EXPECT_THROW(make({}, {.param_rules = {{.pattern = "bias"}},
                         .create_optimizer = [&] { return sgd(net_->parameters(), 0.5); }}),
               ConfigError);
}

TEST_F(EngineOptimizer, OfTheUserMustBeThere) {
  TorchEngine& engine = make({}, {.create_optimizer = [] { return nullptr; }});
  EXPECT_THROW(engine.prepare(1), ConfigError);
}

/// Clipping and what follows, on gradients that the test sets.
class EngineUpdate : public EngineOptimizer {
 protected:
  at::Tensor gradient() const { return net_->weight.grad(); }
  /// The norm is 5, but for what `first` does to it.
  TorchEngine& with_gradients(const TrainingArguments& args, double first = 3.0) {
    TorchEngine& engine = make(args);
    engine.prepare(1);
    net_->weight.mutable_grad() = torch::tensor({{first, 4.0}}, at::kFloat);
    return engine;
  }
  double norm() { return engine_->read_loss().grad_norm.value(); }
};

TEST_F(EngineUpdate, ClipsBeforeCallbacksLookUnlessFolded) {
  with_gradients({}).clip(1.0, /*may_fold=*/true);
  EXPECT_TRUE(gradient().allclose(torch::tensor({{0.6, 0.8}}, at::kFloat)));
  EXPECT_EQ(norm(), 5.0);
}

TEST_F(EngineUpdate, FoldsClippingIntoTheStepWhereAskedTo) {
  const at::Tensor start = net_->weight.detach().clone();
  with_gradients({}).clip(1.0, true);
  engine_->optimizer_step(0.1);
  const at::Tensor expected = net_->weight.detach().clone();
  net_->weight.detach().copy_(start);
  with_gradients({.fold_clipping = true}).clip(1.0, true);
  EXPECT_TRUE(gradient().equal(torch::tensor({{3.0, 4.0}}, at::kFloat)));
  EXPECT_EQ(norm(), 5.0);
  engine_->optimizer_step(0.1);
  EXPECT_TRUE(net_->weight.allclose(expected, 1e-5));
  EXPECT_TRUE(gradient().allclose(torch::tensor({{0.6, 0.8}}, at::kFloat)));
}

TEST_F(EngineUpdate, DoesNotFoldWhereACallbackOrTheOptimizerCannotHaveIt) {
  const struct {
    TrainingArguments args;
    bool may_fold;
    const char* why;
  } rows[] = {
      {{.fold_clipping = true}, false, "a callback needs clipped gradients"},
      {{.optim = OptimizerName::kAdamwTorch, .fold_clipping = true}, true, "only the fused kernel divides"},
  };
  for (const auto& row : rows) {
    with_gradients(row.args).clip(1.0, row.may_fold);
    EXPECT_TRUE(gradient().allclose(torch::tensor({{0.6, 0.8}}, at::kFloat))) << row.why;
  }
}

TEST_F(EngineUpdate, TakesGradientsThatAreNotFiniteAsTheReferenceDoes) {
  for (const bool fold : {false, true}) {
    with_gradients({.fold_clipping = fold}, INFINITY).clip(1.0, true);
    EXPECT_TRUE(engine_->optimizer_step(0.1));
    EXPECT_TRUE(net_->weight.isnan()[0][0].item<bool>());
    EXPECT_FALSE(net_->weight.isnan()[0][1].item<bool>()) << "the infinite norm clips the others to 0";
    torch::nn::init::ones_(net_->weight);
  }
}

TEST_F(EngineUpdate, LeavesThemOutWhereAskedTo) {
  for (const double first : {static_cast<double>(INFINITY), static_cast<double>(NAN)}) {
    const at::Tensor before = net_->weight.detach().clone();
    with_gradients({.skip_nonfinite_gradients = true}, first).clip(1.0, true);
    EXPECT_FALSE(engine_->optimizer_step(0.1));
    EXPECT_TRUE(net_->weight.equal(before));
  }
}

TEST_F(EngineUpdate, StepsOnFiniteGradientsWhereAskedToLeaveOutOthers) {
  with_gradients({.skip_nonfinite_gradients = true}).clip(1.0, true);
  EXPECT_TRUE(engine_->optimizer_step(0.1));
}

}  // namespace
}  // namespace baton::train
