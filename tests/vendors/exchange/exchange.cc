// A small model with all that makes checkpoints hard to exchange, on drawn data. twin.py has the same for the Trainer
// of transformers, exchange_test.py lets each go on with the other's checkpoints.
#include <baton/train.h>

#include <memory>

namespace {

constexpr std::int64_t kTokens = 24, kLength = 6, kWidth = 8;

/// Scores of all tokens, by a weight that it shares with somebody.
struct HeadImpl : torch::nn::Module {
  explicit HeadImpl(const torch::Tensor& shared)
      : weight(register_parameter("weight", shared)),
        bias(register_parameter("bias", torch::zeros({shared.size(0)}))) {}
  torch::Tensor forward(const torch::Tensor& inputs) { return torch::nn::functional::linear(inputs, weight, bias); }
  torch::Tensor weight, bias;
};
TORCH_MODULE(Head);

/// In the order in which they draw their first weights. Under these names batch normalisation would decay; under
/// Python's it does not.
struct Net : torch::nn::Module {
  Net() {
    register_module("embedding", embedding);
    register_module("bn", batch_norm);
    register_module("dropout", dropout);
    register_module("fc", mix);
    register_module("ln", scale);
    register_module("frozen", frozen);
    register_module("unused", unused);
    register_module("head", head);
    for (torch::Tensor& parameter : frozen->parameters()) parameter.set_requires_grad(false);
  }
  torch::Tensor forward(const torch::Tensor& tokens) {
    torch::Tensor x = embedding(tokens);
    x = batch_norm(x.transpose(1, 2)).transpose(1, 2);
    const torch::Tensor mixed = x + dropout(torch::gelu(mix(x)));  // one by one: gradients add up in this order
    x = mixed + frozen(x);
    return head(scale(x.mean(1)));
  }
  torch::nn::Embedding embedding{kTokens, kWidth};
  torch::nn::BatchNorm1d batch_norm{kWidth};
  torch::nn::Dropout dropout{0.2};
  torch::nn::Linear mix{kWidth, kWidth};
  torch::nn::LayerNorm scale{torch::nn::LayerNormOptions({kWidth})};
  torch::nn::Linear frozen{kWidth, kWidth};
  torch::nn::Linear unused{kWidth, kWidth};
  Head head{embedding->weight};
};

std::shared_ptr<baton::TensorDataset> drawn(std::int64_t count) {
  const torch::Tensor tokens = torch::randint(kTokens, {count, kLength});
  return std::make_shared<baton::TensorDataset>(tokens, torch::randint(kTokens, {count}));
}

void train(const baton::TrainingArguments& args) {
  baton::set_seed(args.seed);
  const auto train_set = drawn(67);
  const auto test_set = drawn(20);
  const auto model = baton::supervised(std::make_shared<Net>(), torch::nn::CrossEntropyLoss());
  baton::Trainer trainer({
      .model = baton::renamed(model, {{"embedding", "token"}, {"bn", "batch_norm"}, {"fc", "mix"}, {"ln", "scale"}}),
      .args = args,
      .train_dataset = train_set,
      .eval_dataset = test_set,
  });
  trainer.train();
  trainer.save_model();
  trainer.save_state();
}

}  // namespace

int main(int argc, char** argv) { return baton::run(argc, argv, {}, train); }
