// Trains a small convolutional network on Fashion-MNIST: build/bin/fashion_mnist --help
#include <baton/train.h>

#include "examples/fashion_mnist/data.h"

namespace {

struct Net : torch::nn::Module {
  Net() { register_module("layers", layers); }
  torch::Tensor forward(const torch::Tensor& images) { return layers->forward(images); }

  // Braces make the layers in this order, in which they draw their first weights. Pooling first makes the rest of a
  // block four times cheaper.
  torch::nn::Sequential layers{
      torch::nn::Conv2d(torch::nn::Conv2dOptions(1, 24, 3).padding(1)),
      torch::nn::MaxPool2d(2),
      torch::nn::BatchNorm2d(24),
      torch::nn::ReLU(),
      torch::nn::Conv2d(torch::nn::Conv2dOptions(24, 48, 3).padding(1)),
      torch::nn::MaxPool2d(2),
      torch::nn::BatchNorm2d(48),
      torch::nn::ReLU(),
      torch::nn::Flatten(),
      torch::nn::Linear(48 * 7 * 7, 128),
      torch::nn::ReLU(),
      torch::nn::Dropout(0.3),
      torch::nn::Linear(128, 10),
  };
};

}  // namespace

int main(int argc, char** argv) {
  std::string data = "/usr/share/datasets/fashion-mnist";
  baton::Flags flags("Trains a small convolutional network on Fashion-MNIST.");
  flags.add("data", &data, "folder with the four idx files, plain or .gz");

  const baton::TrainingArguments defaults = {
      .output_dir = "runs/fashion_mnist",
      .num_train_epochs = 4,
      .per_device_train_batch_size = 64,
      .per_device_eval_batch_size = 500,
      .learning_rate = 2e-3,
      .weight_decay = 0.01,
      .warmup_steps = 100,
      .logging_steps = 100,
      .eval_strategy = baton::EvalStrategy::kEpoch,
      .save_strategy = baton::SaveStrategy::kEpoch,
      .save_total_limit = 2,
  };
  const auto train = [&](const baton::TrainingArguments& args) {
    baton::set_seed(args.seed);
    auto net = std::make_shared<Net>();
    baton::Trainer trainer({
        .model = baton::supervised(net, torch::nn::CrossEntropyLoss()),
        .args = args,
        .train_dataset = fashion_mnist::load(data, fashion_mnist::Split::kTrain),
        .eval_dataset = fashion_mnist::load(data, fashion_mnist::Split::kTest),
        .compute_metrics = baton::accuracy,
    });
    const baton::TrainOutput output = trainer.train();
    trainer.save_model();
    trainer.log_metrics("train", output.metrics);
    trainer.save_metrics("train", output.metrics);

    const baton::Record metrics = trainer.evaluate();
    trainer.log_metrics("eval", metrics);
    trainer.save_metrics("eval", metrics);
    trainer.save_state();
  };
  return baton::run(argc, argv, defaults, train, flags);
}
