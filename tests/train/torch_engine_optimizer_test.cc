// Which optimizer the engine trains with, and at which rates.
#include <gtest/gtest.h>
#include <torch/torch.h>

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

TEST_F(EngineOptimizer, OfTheUserMustBeThere) {
  TorchEngine& engine = make({}, {.create_optimizer = [] { return nullptr; }});
  EXPECT_THROW(engine.prepare(1), ConfigError);
}

}  // namespace
}  // namespace baton::train
