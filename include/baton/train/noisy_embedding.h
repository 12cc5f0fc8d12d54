// NoisyEmbedding: an embedding that `neftune_noise_alpha` can add noise to (NEFTune). LibTorch's modules, unlike
// Python's, have no hooks that could do so from outside.
#pragma once

#include <torch/nn/modules/embedding.h>

namespace baton {

/// A torch::nn::Embedding in every other respect; files hold the same names. While it trains, noise uniform in ±
/// alpha / sqrt(length * width) is added to its outputs [batch, length, width], drawn as the reference draws it.
class NoisyEmbeddingImpl : public torch::nn::EmbeddingImpl {
 public:
  using torch::nn::EmbeddingImpl::EmbeddingImpl;

  torch::Tensor forward(const torch::Tensor& indices);
  /// A Trainer sets it to neftune_noise_alpha. 0: no noise.
  void set_noise_alpha(double alpha) { alpha_ = alpha; }

 private:
  double alpha_ = 0.0;
};

TORCH_MODULE(NoisyEmbedding);

}  // namespace baton
