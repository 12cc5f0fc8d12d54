#include "src/train/loss_scaler.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "baton/core/errors.h"

namespace baton::train {
namespace {

/// On the host; the scale starts at 8 and grows after every two good updates.
class LossScalerTest : public testing::Test {
 protected:
  /// One update with that gradient, scaled; returns what the optimizer would get.
  float update(float gradient) {
    const at::Tensor scaled = torch::full({2}, gradient) * scaler_.current();
    scaler_.unscale({scaled});
    scaler_.update();
    return scaled[0].item<float>();
  }
  float scale() const { return scaler_.current().item<float>(); }
  bool was_bad() const { return scaler_.found_nonfinite().item<float>() > 0.0F; }

  LossScaler scaler_{at::kCPU, {.initial_scale = 8.0, .growth_interval = 2}};
};

TEST_F(LossScalerTest, MultipliesTheLossAndDividesTheGradients) {
  EXPECT_EQ(scaler_.scale(torch::tensor(3.0F)).item<float>(), 24.0F);
  EXPECT_EQ(update(1.5F), 1.5F);
  EXPECT_FALSE(was_bad());
}

TEST_F(LossScalerTest, GrowsAfterEnoughGoodUpdates) {
  const float scales[] = {8.0F, 16.0F, 16.0F, 32.0F};
  for (const float expected : scales) {
    update(1.0F);
    EXPECT_EQ(scale(), expected);
  }
}

TEST_F(LossScalerTest, ShrinksAndCountsAnewAfterABadOne) {
  update(1.0F);
  for (const float bad : {INFINITY, NAN}) {
    update(bad);
    EXPECT_TRUE(was_bad());
  }
  EXPECT_EQ(scale(), 2.0F);
  update(1.0F);
  EXPECT_FALSE(was_bad());
  EXPECT_EQ(scale(), 2.0F);
  update(1.0F);
  EXPECT_EQ(scale(), 4.0F);
}

TEST_F(LossScalerTest, LooksAtGradientsOfAllTypes) {
  const at::Tensor single = torch::ones(1);
  const at::Tensor bf16 = torch::full({1}, INFINITY, at::kBFloat16);
  scaler_.unscale({single, bf16});
  EXPECT_TRUE(was_bad());
  EXPECT_EQ(single.item<float>(), 0.125F);
}

TEST_F(LossScalerTest, RefusesGradientsInTheTypeItGuardsAgainst) {
  EXPECT_THROW(scaler_.unscale({torch::ones(1, at::kHalf)}), ConfigError);
}

TEST(LossScaler, StartsAsPythons) { EXPECT_EQ(LossScaler(at::kCPU).current().item<float>(), 65536.0F); }

}  // namespace
}  // namespace baton::train
