#include "src/train/channels_last.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace baton::train {
namespace {

constexpr auto kLast = at::MemoryFormat::ChannelsLast;

TEST(ChannelsLast, MakesConvolutionsGiveChannelsLast) {
  torch::nn::Conv2d conv(torch::nn::Conv2dOptions(3, 4, 3));
  const at::Tensor inputs = torch::randn({2, 3, 8, 8});
  const at::Tensor weight = conv->weight;
  const at::Tensor before = conv(inputs);
  use_channels_last(conv->parameters());
  const at::Tensor after = conv(inputs);
  EXPECT_TRUE(after.is_contiguous(kLast));
  EXPECT_TRUE(after.allclose(before, 1e-4, 1e-5));
  EXPECT_TRUE(conv->weight.is_same(weight));
  EXPECT_TRUE(conv->weight.is_contiguous(kLast));
}

TEST(ChannelsLast, GivesGradientsTheSameLayout) {
  torch::nn::Conv2d conv(torch::nn::Conv2dOptions(3, 4, 3));
  use_channels_last(conv->parameters());
  conv(torch::randn({2, 3, 8, 8})).sum().backward();
  EXPECT_TRUE(conv->weight.grad().is_contiguous(kLast));
}

TEST(ChannelsLast, HasALayoutForVolumesAndLeavesMatricesAlone) {
  const at::Tensor volume = torch::ones({2, 3, 4, 4, 4});
  const at::Tensor matrix = torch::ones({2, 3});
  use_channels_last({volume, matrix});
  EXPECT_TRUE(volume.is_contiguous(at::MemoryFormat::ChannelsLast3d));
  EXPECT_TRUE(matrix.is_contiguous());
}

}  // namespace
}  // namespace baton::train
