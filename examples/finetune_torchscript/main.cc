// Goes on training a TorchScript module, as Python exports it: build/bin/finetune_torchscript --help
//
//   torch.jit.script(net).save("net.pt")                       # in Python
//   build/bin/finetune_torchscript --script net.pt             # writes runs/finetune_torchscript/tuned.pt
//   net = torch.jit.load("runs/finetune_torchscript/tuned.pt") # in Python
#include <baton/train.h>
#include <torch/script.h>

#include <filesystem>
#include <iostream>

#include "examples/fashion_mnist/data.h"

namespace {

/// What is tuned if nobody names a module: a layer of its own making over 28 x 28 pixels.
torch::jit::Module untrained() {
  torch::jit::Module net("Digits");
  const auto layer = torch::nn::Linear(28 * 28, 10);
  net.register_parameter("weight", layer->weight, false);
  net.register_parameter("bias", layer->bias, false);
  net.define(R"(
    def forward(self, images):
        return torch.flatten(images, 1).matmul(self.weight.t()) + self.bias
  )");
  return net;
}

torch::jit::Module load(const std::string& script) {
  if (script.empty()) return untrained();
  try {
    return torch::jit::load(script);
  } catch (const c10::Error& error) {
    throw baton::ConfigError("--script " + script + ": cannot be loaded: " + error.what_without_backtrace());
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string script;
  std::string data = "/usr/share/datasets/fashion-mnist";
  baton::Flags flags("Goes on training a TorchScript module on Fashion-MNIST.");
  flags.add("script", &script, "module from [n, 1, 28, 28] images to [n, 10] scores; empty: an untrained one");
  flags.add("data", &data, "folder with the four idx files, plain or .gz");

  const baton::TrainingArguments defaults = {
      .output_dir = "runs/finetune_torchscript",
      .num_train_epochs = 1,
      .per_device_train_batch_size = 64,
      .per_device_eval_batch_size = 500,
      .learning_rate = 1e-3,
      .logging_steps = 100,
      .save_strategy = baton::SaveStrategy::kNo,
  };
  const auto train = [&](const baton::TrainingArguments& args) {
    baton::set_seed(args.seed);
    const torch::jit::Module net = load(script);
    baton::Trainer trainer({
        .model = baton::supervised(net, torch::nn::CrossEntropyLoss()),
        .args = args,
        .train_dataset = fashion_mnist::load(data, fashion_mnist::Split::kTrain),
        .eval_dataset = fashion_mnist::load(data, fashion_mnist::Split::kTest),
        .compute_metrics = baton::accuracy,
    });
    trainer.log_metrics("before", trainer.evaluate());
    trainer.log_metrics("train", trainer.train().metrics);
    trainer.log_metrics("eval", trainer.evaluate());
    const auto tuned = std::filesystem::path(args.output_dir) / "tuned.pt";
    net.save(tuned.string());
    std::cout << "The tuned module is in " << tuned.string() << '\n';
  };
  return baton::run(argc, argv, defaults, train, flags);
}
