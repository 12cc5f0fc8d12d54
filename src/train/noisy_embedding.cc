#include "baton/train/noisy_embedding.h"

#include <cmath>

namespace baton {

torch::Tensor NoisyEmbeddingImpl::forward(const torch::Tensor& indices) {
  torch::Tensor output = torch::nn::EmbeddingImpl::forward(indices);
  if (alpha_ == 0.0 || !is_training()) return output;
  const auto numbers = static_cast<float>(output.size(-2) * output.size(-1));
  const float reach = 1.0F / std::sqrt(numbers) * static_cast<float>(alpha_);  // rounded as Python's tensors are
  return output + torch::zeros_like(output).uniform_(-reach, reach);
}

}  // namespace baton
