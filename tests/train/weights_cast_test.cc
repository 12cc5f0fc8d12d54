#include "src/train/weights_cast.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "baton/train/model.h"

namespace baton::train {
namespace {

TEST(WeightsCast, CastsFloatingPointNumbersForAsLongAsItLives) {
  const torch::nn::BatchNorm1d norm(3);
  torch::nn::init::constant_(norm->weight, 0.1);
  const at::Tensor weight = norm->weight;
  const auto model = supervised(norm, torch::nn::MSELoss());
  {
    const WeightsCast cast(*model, at::kBFloat16);
    EXPECT_EQ(norm->weight.scalar_type(), at::kBFloat16);
    EXPECT_EQ(norm->running_mean.scalar_type(), at::kBFloat16);
    EXPECT_EQ(norm->num_batches_tracked.scalar_type(), at::kLong);
  }
  EXPECT_TRUE(norm->weight.is_same(weight));
  EXPECT_TRUE(norm->weight.equal(torch::full(3, 0.1))) << "not rounded";
}

TEST(WeightsCast, LeavesAModelThatStillTrains) {
  torch::nn::Linear net(1, 1);
  const auto model = supervised(net, torch::nn::MSELoss());
  { const WeightsCast cast(*model, at::kHalf); }
  net(torch::ones({1, 1})).sum().backward();
  EXPECT_EQ(net->weight.grad().scalar_type(), at::kFloat);
}

TEST(WeightsCast, DoesNothingWithoutAType) {
  torch::nn::Linear net(1, 1);
  const WeightsCast cast(*supervised(net, torch::nn::MSELoss()), std::nullopt);
  EXPECT_EQ(net->weight.scalar_type(), at::kFloat);
}

}  // namespace
}  // namespace baton::train
