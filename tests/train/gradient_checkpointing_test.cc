#include "baton/train/gradient_checkpointing.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "src/train/autocast.h"

namespace baton {
namespace {

/// Two layers with dropout, in one part.
struct Net : torch::nn::Module, GradientCheckpointing {
  Net() {
    register_module("first", first);
    register_module("second", second);
  }
  at::Tensor forward(const at::Tensor& inputs) {
    return checkpointed(
        [this](const at::Tensor& x) {
          ++runs;
          return second(torch::dropout(first(x), 0.5, is_training()));
        },
        inputs);
  }

  torch::nn::Linear first{4, 8};
  torch::nn::Linear second{8, 2};
  int runs = 0;
};

class GradientCheckpointingTest : public testing::Test {
 protected:
  GradientCheckpointingTest() { torch::manual_seed(1); }

  /// All gradients of one backward pass, the input's among them where it wants one.
  std::vector<at::Tensor> gradients(bool on, const at::Tensor& inputs) {
    net_->zero_grad();
    inputs.mutable_grad().reset();
    net_->enable_gradient_checkpointing(on);
    torch::manual_seed(3);
    net_->forward(inputs).square().sum().backward();
    std::vector<at::Tensor> found;
    for (const at::Tensor& parameter : net_->parameters()) found.push_back(parameter.grad().clone());
    if (inputs.requires_grad()) found.push_back(inputs.grad().clone());
    return found;
  }
  void expect_equal_gradients(const at::Tensor& inputs) {
    const auto plain = gradients(false, inputs);
    const auto recomputed = gradients(true, inputs);
    ASSERT_EQ(plain.size(), recomputed.size());
    for (std::size_t i = 0; i < plain.size(); ++i) EXPECT_TRUE(plain[i].equal(recomputed[i])) << i;
  }

  std::shared_ptr<Net> net_ = std::make_shared<Net>();
};

TEST_F(GradientCheckpointingTest, GivesTheSameGradientsDropoutIncluded) {
  expect_equal_gradients(torch::randn({3, 4}).set_requires_grad(true));
}

TEST_F(GradientCheckpointingTest, TrainsPartsWhoseInputNeedsNoGradient) {
  expect_equal_gradients(torch::randn({3, 4}));
}

TEST_F(GradientCheckpointingTest, GivesTheSameGradientsUnderAutocast) {
  const train::Autocast autocast(at::kCPU, at::kBFloat16);
  expect_equal_gradients(torch::randn({3, 4}));
}

/// A layer that is used within a part and after it.
struct Tied : torch::nn::Module, GradientCheckpointing {
  Tied() { register_module("layer", layer); }
  at::Tensor forward(const at::Tensor& inputs) {
    return layer(checkpointed([this](const at::Tensor& x) { return layer(x); }, inputs));
  }
  torch::nn::Linear layer{4, 4};
};

TEST_F(GradientCheckpointingTest, GivesTiedWeightsTheSameGradientsUnderAutocast) {
  const auto net = std::make_shared<Tied>();
  const at::Tensor inputs = torch::randn({3, 4});
  std::vector<at::Tensor> found;
  for (const bool on : {false, true}) {
    net->zero_grad();
    net->enable_gradient_checkpointing(on);
    at::Tensor loss;
    {
      const train::Autocast autocast(at::kCPU, at::kBFloat16);
      loss = net->forward(inputs).sum();
    }
    loss.backward();
    found.push_back(net->layer->weight.grad().clone());
  }
  EXPECT_TRUE(found[0].allclose(found[1], 1e-2, 1e-2)) << found[0] << found[1];
}

TEST_F(GradientCheckpointingTest, RunsAPartTwiceWhereGradientsAreWantedOnly) {
  gradients(true, torch::randn({3, 4}));
  EXPECT_EQ(net_->runs, 2);
  const at::NoGradGuard no_grad;
  net_->forward(torch::randn({3, 4}));
  EXPECT_EQ(net_->runs, 3);
}

TEST_F(GradientCheckpointingTest, LeavesTheGeneratorsAsIfAPartRanOnce) {
  gradients(false, torch::randn({3, 4}));
  const float expected = torch::rand(1).item<float>();
  gradients(true, torch::randn({3, 4}));
  EXPECT_EQ(torch::rand(1).item<float>(), expected);
}

}  // namespace
}  // namespace baton
