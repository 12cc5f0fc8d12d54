// A small GPT: a transformer that reads tokens and says at each place which one comes next.
#pragma once

#include <baton/core/value.h>
#include <torch/torch.h>

namespace char_lm {

struct GptOptions {
  std::int64_t vocabulary = 0;
  std::int64_t context = 64;  ///< most tokens it sees at once
  std::int64_t width = 128;
  std::int64_t layers = 2;
  std::int64_t heads = 4;
  double dropout = 0.1;
};

class Gpt : public torch::nn::Module {
 public:
  explicit Gpt(const GptOptions& options);

  /// [samples, tokens] of numbers below the vocabulary -> [samples, tokens, vocabulary] of logits.
  torch::Tensor forward(const torch::Tensor& tokens);

  /// `count` tokens that go on from [tokens], drawn from what it predicts.
  torch::Tensor generate(torch::Tensor tokens, std::int64_t count);

  /// For trackers.
  baton::Record config() const;

 private:
  GptOptions options_;
  torch::nn::Embedding words_;
  torch::nn::Embedding places_;
  torch::nn::Dropout dropout_;
  torch::nn::Sequential blocks_;
  torch::nn::LayerNorm norm_;
  torch::nn::Linear head_;
};

}  // namespace char_lm
