#include "baton/train/noisy_embedding.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tests/train/torch_golden.h"

namespace baton {
namespace {

class NoisyEmbeddingTest : public testing::Test {
 protected:
  NoisyEmbeddingTest() { torch::nn::init::ones_(embedding_->weight); }

  at::Tensor forward() {
    torch::manual_seed(7);
    return embedding_(torch::tensor({{0, 1, 2}, {2, 1, 0}}));
  }

  NoisyEmbedding embedding_{3, 4};
};

TEST_F(NoisyEmbeddingTest, AddsTheReferencesNoise) {
  embedding_->set_noise_alpha(5.0);
  const train::TorchGolden golden("precision.json");
  golden.expect_equal(forward(), *golden.root().find("noise"));
}

TEST_F(NoisyEmbeddingTest, AddsNoneWhereItDoesNotTrainOrHasNoAlpha) {
  EXPECT_TRUE(forward().equal(torch::ones({2, 3, 4})));
  embedding_->set_noise_alpha(5.0);
  embedding_->eval();
  EXPECT_TRUE(forward().equal(torch::ones({2, 3, 4})));
}

TEST_F(NoisyEmbeddingTest, PassesGradientsOn) {
  embedding_->set_noise_alpha(5.0);
  forward().sum().backward();
  EXPECT_TRUE(embedding_->weight.grad().equal(torch::full({3, 4}, 2.0)));
}

}  // namespace
}  // namespace baton
