#include "src/train/backward_pass.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "baton/core/arguments.h"
#include "baton/train/optimizers.h"

namespace baton::train {
namespace {

/// A loss of two weights whose gradient is `first` and 4, so that its norm is 5 with a first of 3.
class BackwardPassTest : public testing::Test {
 protected:
  BackwardPass& run(BackwardOptions options, double first = 3.0) {
    pass_.emplace(std::vector<at::Tensor>{weights_}, host_, std::move(options));
    pass_->clear();
    pass_->run((weights_ * torch::tensor({first, 4.0}, at::kFloat)).sum());
    return *pass_;
  }
  bool has_gradient(double first, double second) const {
    return weights_.grad().allclose(torch::tensor({first, second}, at::kFloat));
  }

  const at::Tensor weights_ = torch::zeros({2}).set_requires_grad(true);
  HostCopy host_;
  std::optional<BackwardPass> pass_;
};

TEST_F(BackwardPassTest, MeasuresAndClipsWithoutWaiting) {
  BackwardPass& pass = run({});
  pass.clip(1.0, nullptr);
  EXPECT_EQ(pass.norm().item<float>(), 5.0F);
  EXPECT_TRUE(has_gradient(0.6, 0.8));
  EXPECT_TRUE(pass.is_usable());
  EXPECT_EQ(host_.count(), 0);
}

TEST_F(BackwardPassTest, MeasuresOnlyWithoutANormToClipTo) {
  run({}).clip(0.0, nullptr);
  EXPECT_TRUE(has_gradient(3.0, 4.0));
}

TEST_F(BackwardPassTest, LeavesClippingToAnOptimizerThatCan) {
  const auto fused = make_optimizer({}, {{.params = {weights_}}});
  run({.fold_clipping = true}).clip(1.0, fused.get());
  EXPECT_TRUE(has_gradient(3.0, 4.0));
  ResolvedArguments args;
  args.optim = OptimizerName::kAdamwTorch;
  const auto plain = make_optimizer(args, {{.params = {weights_}}});
  run({.fold_clipping = true}).clip(1.0, plain.get());
  EXPECT_TRUE(has_gradient(0.6, 0.8));
}

TEST_F(BackwardPassTest, ScalesTheLossAndClipsWhatIsUnscaled) {
  BackwardPass& pass = run({.scaler = LossScaler(at::kCPU, {.initial_scale = 8.0})});
  EXPECT_TRUE(has_gradient(24.0, 32.0));
  pass.clip(1.0, nullptr);
  EXPECT_EQ(pass.norm().item<float>(), 5.0F);
  EXPECT_TRUE(has_gradient(0.6, 0.8));
  EXPECT_TRUE(pass.is_usable());
}

TEST_F(BackwardPassTest, LeavesOutWhatOverflowedAndHalvesTheScale) {
  BackwardPass& pass = run({.scaler = LossScaler(at::kCPU, {.initial_scale = 8.0})}, INFINITY);
  pass.clip(1.0, nullptr);
  EXPECT_FALSE(pass.is_usable());
  pass.clear();
  pass.run(weights_.sum());
  EXPECT_TRUE(has_gradient(4.0, 4.0));
}

TEST_F(BackwardPassTest, UsesGradientsThatAreNotFiniteUnlessToldNotTo) {
  for (const double first : {static_cast<double>(INFINITY), static_cast<double>(NAN)}) {
    for (const bool skip : {false, true}) {
      BackwardPass& pass = run({.skip_nonfinite = skip}, first);
      pass.clip(1.0, nullptr);
      EXPECT_EQ(pass.is_usable(), !skip);
    }
  }
}

}  // namespace
}  // namespace baton::train
