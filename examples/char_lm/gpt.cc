#include "examples/char_lm/gpt.h"

namespace char_lm {
namespace {

class Attention : public torch::nn::Module {
 public:
  explicit Attention(const GptOptions& options)
      : heads_(options.heads),
        dropout_(options.dropout),
        in_(register_module("in", torch::nn::Linear(options.width, 3 * options.width))),
        out_(register_module("out", torch::nn::Linear(options.width, options.width))) {}

  torch::Tensor forward(const torch::Tensor& x) {
    const auto split = [&](const torch::Tensor& part) {  // [samples, heads, tokens, width of a head]
      return part.view({x.size(0), x.size(1), heads_, -1}).transpose(1, 2);
    };
    const std::vector<torch::Tensor> parts = in_(x).chunk(3, 2);
    const auto mixed = at::scaled_dot_product_attention(split(parts[0]), split(parts[1]), split(parts[2]), {},
                                                        is_training() ? dropout_ : 0.0, /*is_causal=*/true);
    return out_(mixed.transpose(1, 2).reshape_as(x));
  }

 private:
  std::int64_t heads_;
  double dropout_;
  torch::nn::Linear in_;
  torch::nn::Linear out_;
};

class Block : public torch::nn::Module {
 public:
  explicit Block(const GptOptions& options)
      : attention_norm_(register_module("attention_norm", norm(options))),
        attention_(register_module("attention", std::make_shared<Attention>(options))),
        mlp_norm_(register_module("mlp_norm", norm(options))),
        mlp_(register_module(
            "mlp", torch::nn::Sequential(torch::nn::Linear(options.width, 4 * options.width), torch::nn::GELU(),
                                         torch::nn::Linear(4 * options.width, options.width),
                                         torch::nn::Dropout(options.dropout)))) {}

  torch::Tensor forward(const torch::Tensor& x) {
    const auto attended = x + attention_->forward(attention_norm_(x));
    return attended + mlp_->forward(mlp_norm_(attended));
  }

 private:
  static torch::nn::LayerNorm norm(const GptOptions& options) {
    return torch::nn::LayerNorm(torch::nn::LayerNormOptions({options.width}));
  }

  torch::nn::LayerNorm attention_norm_;
  std::shared_ptr<Attention> attention_;
  torch::nn::LayerNorm mlp_norm_;
  torch::nn::Sequential mlp_;
};

torch::nn::Sequential make_blocks(const GptOptions& options) {
  torch::nn::Sequential blocks;
  for (std::int64_t i = 0; i < options.layers; ++i) blocks->push_back(std::make_shared<Block>(options));
  return blocks;
}

}  // namespace

Gpt::Gpt(const GptOptions& options)
    : options_(options),
      words_(register_module("words", torch::nn::Embedding(options.vocabulary, options.width))),
      places_(register_module("places", torch::nn::Embedding(options.context, options.width))),
      dropout_(register_module("dropout", torch::nn::Dropout(options.dropout))),
      blocks_(register_module("blocks", make_blocks(options))),
      norm_(register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({options.width})))),
      head_(register_module("head", torch::nn::Linear(options.width, options.vocabulary))) {
  const torch::NoGradGuard no_grad;
  for (const auto& item : named_parameters()) {
    if (item.value().dim() == 2) item.value().normal_(0.0, 0.02);
  }
}

torch::Tensor Gpt::forward(const torch::Tensor& tokens) {
  const auto places = torch::arange(tokens.size(1), tokens.options());
  return head_(norm_(blocks_->forward(dropout_(words_(tokens) + places_(places)))));
}

baton::Record Gpt::config() const {
  return {{"vocabulary", options_.vocabulary}, {"context", options_.context}, {"width", options_.width},
          {"layers", options_.layers},         {"heads", options_.heads},     {"dropout", options_.dropout}};
}

torch::Tensor Gpt::generate(torch::Tensor tokens, std::int64_t count) {
  const torch::NoGradGuard no_grad;
  eval();
  for (std::int64_t i = 0; i < count; ++i) {
    const auto seen = tokens.slice(0, std::max<std::int64_t>(0, tokens.size(0) - options_.context)).unsqueeze(0);
    const auto next = forward(seen)[0][-1].softmax(0).multinomial(1);
    tokens = torch::cat({tokens, next});
  }
  return tokens.slice(0, -count);
}

}  // namespace char_lm
