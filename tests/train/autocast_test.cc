#include "src/train/autocast.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace baton::train {
namespace {

class AutocastTest : public testing::Test {
 protected:
  at::Tensor product() const { return torch::mm(weight_, weight_); }

  const at::Tensor weight_ = torch::ones({2, 2}).set_requires_grad(true);
};

TEST_F(AutocastTest, MakesProductsInHalfPrecisionAndGradientsInSingle) {
  const Autocast autocast(at::kCPU, at::kBFloat16);
  const at::Tensor result = product();
  EXPECT_EQ(result.scalar_type(), at::kBFloat16);
  result.sum().backward();
  EXPECT_EQ(weight_.grad().scalar_type(), at::kFloat);
}

TEST_F(AutocastTest, DoesNothingWithoutAType) {
  const Autocast autocast(at::kCPU, std::nullopt);
  EXPECT_EQ(product().scalar_type(), at::kFloat);
  EXPECT_EQ(autocast_type(at::kCPU), std::nullopt);
}

TEST_F(AutocastTest, GivesBackWhatWasBefore) {
  {
    const Autocast outer(at::kCPU, at::kBFloat16);
    {
      const Autocast inner(at::kCPU, at::kHalf);
      EXPECT_EQ(autocast_type(at::kCPU), at::kHalf);
    }
    EXPECT_EQ(autocast_type(at::kCPU), at::kBFloat16);
  }
  EXPECT_EQ(autocast_type(at::kCPU), std::nullopt);
}

TEST_F(AutocastTest, SeesWeightsThatChangedInBetween) {
  for (const float value : {1.0F, 2.0F}) {
    weight_.detach().fill_(value);
    const Autocast autocast(at::kCPU, at::kBFloat16);
    EXPECT_EQ(product()[0][0].item<float>(), 2.0F * value * value);
  }
}

}  // namespace
}  // namespace baton::train
