// The models and the data that Baton is compared on with the software of others. models.py has their twins: the same
// layers, made in the same order, so that the same seed gives the same first weights and the same data.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <torch/torch.h>

#include <baton/core/errors.h>

namespace compare {

struct Network : torch::nn::Module {
  virtual torch::Tensor forward(const torch::Tensor& inputs) = 0;
};

struct Mlp final : Network {
  Mlp(std::int64_t inputs, std::int64_t width, double dropout_rate)
      : hidden(inputs, width), dropout(dropout_rate), output(width, 10) {
    register_module("hidden", hidden);
    register_module("dropout", dropout);
    register_module("output", output);
  }
  torch::Tensor forward(const torch::Tensor& inputs) override {
    const torch::Tensor active = torch::relu(hidden->forward(inputs));
    return output->forward(dropout->options.p() > 0.0 ? dropout->forward(active) : active);
  }
  torch::nn::Linear hidden;
  torch::nn::Dropout dropout;
  torch::nn::Linear output;
};

struct Cnn final : Network {
  Cnn() { register_module("layers", layers); }
  torch::Tensor forward(const torch::Tensor& inputs) override { return layers->forward(inputs); }

  // Braces make the layers in their order, which is the order in which they draw their first weights.
  torch::nn::Sequential layers{
      torch::nn::Conv2d(torch::nn::Conv2dOptions(1, 8, 3).padding(1)),
      torch::nn::BatchNorm2d(8),
      torch::nn::ReLU(),
      torch::nn::MaxPool2d(2),
      torch::nn::Conv2d(torch::nn::Conv2dOptions(8, 16, 3).padding(1)),
      torch::nn::BatchNorm2d(16),
      torch::nn::ReLU(),
      torch::nn::MaxPool2d(2),
      torch::nn::Flatten(),
      torch::nn::Linear(16 * 7 * 7, 10),
  };
};

/// Attention and a small MLP, each on normalised inputs and added to them.
struct Block final : torch::nn::Module {
  Block(std::int64_t width, std::int64_t head_count)
      : heads(head_count),
        norm1(torch::nn::LayerNormOptions({width})),
        qkv(width, 3 * width),
        mix(width, width),
        norm2(torch::nn::LayerNormOptions({width})),
        up(width, 4 * width),
        down(4 * width, width),
        dropout(0.1) {
    register_module("norm1", norm1);
    register_module("qkv", qkv);
    register_module("mix", mix);
    register_module("norm2", norm2);
    register_module("up", up);
    register_module("down", down);
    register_module("dropout", dropout);
  }
  torch::Tensor forward(torch::Tensor x) {
    x = x + dropout->forward(mix->forward(attended(norm1->forward(x))));
    return x + dropout->forward(down->forward(torch::gelu(up->forward(norm2->forward(x)))));
  }
  torch::Tensor attended(const torch::Tensor& x) {
    const auto parts = qkv->forward(x).view({x.size(0), x.size(1), 3, heads, -1}).permute({2, 0, 3, 1, 4}).unbind(0);
    return at::scaled_dot_product_attention(parts[0], parts[1], parts[2], {}, 0.0, /*is_causal=*/true)
        .transpose(1, 2)
        .reshape(x.sizes());
  }
  std::int64_t heads;
  torch::nn::LayerNorm norm1;
  torch::nn::Linear qkv, mix;
  torch::nn::LayerNorm norm2;
  torch::nn::Linear up, down;
  torch::nn::Dropout dropout;
};

struct CharLm final : Network {
  static constexpr std::int64_t kTokens = 64, kLength = 64, kWidth = 64;

  CharLm()
      : token(kTokens, kWidth),
        position(kLength, kWidth),
        blocks{std::make_shared<Block>(kWidth, 4), std::make_shared<Block>(kWidth, 4)},
        norm(torch::nn::LayerNormOptions({kWidth})),
        head(kWidth, kTokens) {
    register_module("token", token);
    register_module("position", position);
    register_module("blocks", blocks);
    register_module("norm", norm);
    register_module("head", head);
  }
  torch::Tensor forward(const torch::Tensor& tokens) override {
    return head->forward(norm->forward(blocks->forward(token->forward(tokens) + position->weight)));
  }
  torch::nn::Embedding token, position;
  torch::nn::Sequential blocks;
  torch::nn::LayerNorm norm;
  torch::nn::Linear head;
};

/// The mean over all positions that have a label.
struct CrossEntropy {
  torch::Tensor operator()(const torch::Tensor& logits, const torch::Tensor& labels) const {
    return torch::nn::functional::cross_entropy(logits.flatten(0, -2), labels.flatten());
  }
};

struct Samples {
  torch::Tensor inputs;
  torch::Tensor labels;
};

inline Samples draw_samples(const std::string& model, std::int64_t count) {
  if (model == "char_lm") {
    const torch::Tensor text = torch::randint(CharLm::kTokens, {count, CharLm::kLength + 1});
    return {text.slice(1, 0, -1).contiguous(), text.slice(1, 1).contiguous()};
  }
  std::vector<std::int64_t> shape = {count, model == "micro" ? 32 : 784};
  if (model == "cnn") shape = {count, 1, 28, 28};
  const torch::Tensor inputs = torch::randn(shape);
  return {inputs, torch::randint(10, {count})};
}

inline std::shared_ptr<Network> make_network(const std::string& model) {
  if (model == "micro") return std::make_shared<Mlp>(32, 32, 0.0);
  if (model == "mlp") return std::make_shared<Mlp>(784, 256, 0.1);
  if (model == "cnn") return std::make_shared<Cnn>();
  if (model == "char_lm") return std::make_shared<CharLm>();
  throw baton::ConfigError("--model " + model + ": expected micro, mlp, cnn or char_lm");
}

}  // namespace compare
