#include "src/train/optimizers/wrapped_optimizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "baton/core/arguments.h"
#include "baton/core/errors.h"
#include "baton/train/optimizers.h"
#include "tests/train/torch_golden.h"

namespace baton::train {
namespace {

using testing::HasSubstr;
namespace optim = torch::optim;

/// Two parameters, in a group each, the second with a tenth of the rate.
struct Params {
  std::vector<at::Tensor> all = {torch::ones({2, 3}).set_requires_grad(true), torch::ones(4).set_requires_grad(true)};

  template <class Made, class Options>
  std::unique_ptr<Optimizer> wrap(Options options) {
    std::vector<optim::OptimizerParamGroup> groups;
    groups.emplace_back(std::vector<at::Tensor>{all[0]}, std::make_unique<Options>(options));
    options.lr(options.lr() / 10);
    groups.emplace_back(std::vector<at::Tensor>{all[1]}, std::make_unique<Options>(options));
    return wrap_optimizer(std::make_unique<Made>(groups, options));
  }
  void set_gradients(int step) {
    const auto gradients = golden_gradients(step, {6, 4});
    for (std::size_t i = 0; i < all.size(); ++i) all[i].mutable_grad() = gradients[i].reshape(all[i].sizes());
  }
};

TEST(WrappedOptimizer, TakesRatesFactorsAndDecayFromItsGroups) {
  Params params;
  const auto optimizer = params.wrap<optim::SGD>(optim::SGDOptions(0.5).weight_decay(0.25));
  EXPECT_EQ(optimizer->name(), "SGD");
  ASSERT_EQ(optimizer->groups().size(), 2U);
  EXPECT_EQ(optimizer->groups()[0].learning_rate, 0.5);
  EXPECT_EQ(optimizer->groups()[0].lr_factor, 1.0);
  EXPECT_EQ(optimizer->groups()[1].lr_factor, 0.1);
  EXPECT_EQ(optimizer->groups()[1].weight_decay, 0.25);
}

TEST(WrappedOptimizer, StepsWithTheRatesAndDecaysOfNow) {
  Params params;
  const auto optimizer = params.wrap<optim::SGD>(optim::SGDOptions(0.5));
  optimizer->groups()[0].learning_rate = 0.25;
  optimizer->groups()[1].weight_decay = 2.0;
  for (const at::Tensor& param : params.all) param.mutable_grad() = torch::ones_like(param);
  optimizer->step();
  EXPECT_TRUE(params.all[0].equal(torch::full({2, 3}, 0.75)));
  EXPECT_TRUE(params.all[1].allclose(torch::full(4, 1.0 - 0.05 * 3.0)));
}

template <class Made, class Options>
void expect_round_trip(const Options& options) {
  Params whole;
  const auto first = whole.wrap<Made>(options);
  for (int step = 1; step <= 3; ++step) {
    whole.set_gradients(step);
    first->step();
  }
  Params resumed;
  for (std::size_t i = 0; i < 2; ++i) resumed.all[i].detach().copy_(whole.all[i]);
  const auto second = resumed.wrap<Made>(Options(1.0));
  second->load_state(first->state());
  EXPECT_EQ(second->groups()[1].learning_rate, first->groups()[1].learning_rate);
  for (Params* params : {&whole, &resumed}) params->set_gradients(4);
  first->step();
  second->step();
  for (std::size_t i = 0; i < 2; ++i) EXPECT_TRUE(resumed.all[i].equal(whole.all[i]));
}

TEST(WrappedOptimizer, GoesOnFromASavedState) {
  expect_round_trip<optim::AdamW>(optim::AdamWOptions(0.1).betas({0.8, 0.9}).amsgrad(true));
  expect_round_trip<optim::Adam>(optim::AdamOptions(0.1).weight_decay(0.1));
  expect_round_trip<optim::SGD>(optim::SGDOptions(0.1).momentum(0.9).nesterov(true));
  expect_round_trip<optim::Adagrad>(optim::AdagradOptions(0.1).lr_decay(0.1));
  expect_round_trip<optim::RMSprop>(optim::RMSpropOptions(0.1).momentum(0.5).centered(true));
}

TEST(WrappedOptimizer, SpeaksPythonsNamesSoThatAStateMovesToBatonsOwn) {
  Params wrapped;
  const auto first = wrapped.wrap<optim::AdamW>(optim::AdamWOptions(0.1));
  wrapped.set_gradients(1);
  first->step();
  Params own = wrapped;
  ResolvedArguments args;
  args.optim = OptimizerName::kAdamwTorch;
  const auto second = make_optimizer(args, {{.params = {own.all[0]}}, {.params = {own.all[1]}}});
  second->load_state(first->state());
  const ParamState moved = second->state().params.at(1);
  EXPECT_TRUE(moved.tensor("exp_avg").equal(first->state().params.at(1).tensor("exp_avg")));
  EXPECT_EQ(moved.tensor("step").item<float>(), 1.0F);
  first->load_state(second->state());
  EXPECT_EQ(first->state().params.at(1).numbers.number("step"), 1.0);
}

TEST(WrappedOptimizer, ForgetsWhatASavedStateDoesNotMention) {
  Params params;
  const auto optimizer = params.wrap<optim::SGD>(optim::SGDOptions(0.1).momentum(0.9));
  const OptimizerState fresh = optimizer->state();
  params.set_gradients(1);
  optimizer->step();
  EXPECT_EQ(optimizer->state().params.size(), 2U);
  optimizer->load_state(fresh);
  EXPECT_TRUE(optimizer->state().params.empty());
}

TEST(WrappedOptimizer, RefusesTheStateOfAnother) {
  Params params;
  const auto adamw = params.wrap<optim::AdamW>(optim::AdamWOptions(0.1));
  const auto sgd = params.wrap<optim::SGD>(optim::SGDOptions(0.1));
  try {
    sgd->load_state(adamw->state());
    FAIL() << "nothing thrown";
  } catch (const CheckpointError& error) {
    EXPECT_THAT(error.what(), HasSubstr("SGD cannot go on from the saved state: option momentum is absent"));
  }
}

/// Descends against the sign of the gradient, and has nothing to save.
struct SignDescent : optim::Optimizer {
  struct Options : optim::OptimizerCloneableOptions<Options> {
    double rate = 0.5;
    double get_lr() const override { return rate; }
    void set_lr(double lr) override { rate = lr; }
  };
  explicit SignDescent(const std::vector<at::Tensor>& params) : Optimizer(params, std::make_unique<Options>()) {}
  at::Tensor step(LossClosure) override {
    const at::NoGradGuard no_grad;
    for (auto& group : param_groups()) {
      for (at::Tensor& param : group.params()) param.sub_(param.grad().sign(), group.options().get_lr());
    }
    return {};
  }
};

TEST(WrappedOptimizer, RunsOptimizersOfTheUsers) {
  Params params;
  const auto optimizer = wrap_optimizer(std::make_unique<SignDescent>(std::vector<at::Tensor>{params.all[1]}));
  EXPECT_EQ(optimizer->name(), "SignDescent");
  params.all[1].mutable_grad() = torch::full(4, -7.0);
  optimizer->step();
  EXPECT_TRUE(params.all[1].equal(torch::full(4, 1.5)));
}

TEST(WrappedOptimizer, SaysWhichCannotBeSaved) {
  const auto optimizer = wrap_optimizer(std::make_unique<SignDescent>(std::vector<at::Tensor>{torch::ones(1)}));
  EXPECT_THROW(optimizer->state(), Error);
}

TEST(WrapOptimizer, RefusesWhatATrainerCannotDrive) {
  Params params;
  EXPECT_THROW(wrap_optimizer(nullptr), ConfigError);
  EXPECT_THROW(wrap_optimizer(std::make_unique<optim::LBFGS>(params.all)), ConfigError);
  std::vector<optim::OptimizerParamGroup> groups;
  groups.emplace_back(std::vector<at::Tensor>{params.all[0]}, std::make_unique<optim::SGDOptions>(0.0));
  groups.emplace_back(std::vector<at::Tensor>{params.all[1]}, std::make_unique<optim::SGDOptions>(0.5));
  EXPECT_THROW(wrap_optimizer(std::make_unique<optim::SGD>(groups, optim::SGDOptions(0.0))), ConfigError);
}

}  // namespace
}  // namespace baton::train
