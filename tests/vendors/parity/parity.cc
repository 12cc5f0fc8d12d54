// A small model on drawn data, trained by baton::Trainer. reference.py is its twin on the reference's Trainer,
// parity_test.py compares what they leave behind.
#include <baton/train.h>

#include <memory>
#include <string>
#include <vector>

namespace {

using torch::nn::BatchNorm2d;
using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;
using torch::nn::Dropout;
using torch::nn::Flatten;
using torch::nn::Linear;
using torch::nn::MaxPool2d;
using torch::nn::ReLU;
using torch::nn::Sequential;

struct Net : torch::nn::Module {
  explicit Net(const Sequential& net) : layers(register_module("layers", net)) {}
  torch::Tensor forward(const torch::Tensor& inputs) { return layers->forward(inputs); }
  Sequential layers;
};

// Braces make the layers in their order, which is the order in which they draw their first weights.
std::shared_ptr<Net> mlp() {
  return std::make_shared<Net>(Sequential{Linear(64, 64), ReLU(), Dropout(0.1), Linear(64, 10)});
}

std::shared_ptr<Net> cnn() {
  return std::make_shared<Net>(Sequential{Conv2d(Conv2dOptions(1, 8, 3).padding(1)), BatchNorm2d(8), ReLU(),
                                          MaxPool2d(2), Conv2d(Conv2dOptions(8, 16, 3).padding(1)), BatchNorm2d(16),
                                          ReLU(), MaxPool2d(2), Flatten(), Linear(16 * 4 * 4, 10)});
}

std::shared_ptr<baton::TensorDataset> drawn(std::vector<std::int64_t> shape) {
  const torch::Tensor inputs = torch::randn(shape);
  return std::make_shared<baton::TensorDataset>(inputs, torch::randint(10, {shape.front()}));
}

void train(const baton::TrainingArguments& args, const std::string& model) {
  using Shape = std::vector<std::int64_t>;
  const bool convolutional = model == "cnn";
  baton::set_seed(args.seed);
  const auto train_set = drawn(convolutional ? Shape{1000, 1, 16, 16} : Shape{1000, 64});
  const auto test_set = drawn(convolutional ? Shape{500, 1, 16, 16} : Shape{500, 64});
  baton::Trainer trainer({
      .model = baton::supervised(convolutional ? cnn() : mlp(), torch::nn::CrossEntropyLoss()),
      .args = args,
      .train_dataset = train_set,
      .eval_dataset = test_set,
      .compute_metrics = baton::accuracy,
  });
  trainer.train();
  trainer.save_model();
  trainer.evaluate();
  trainer.save_state();
}

}  // namespace

int main(int argc, char** argv) {
  std::string model = "mlp";
  baton::Flags flags("Trains a small model on drawn data.");
  flags.add("model", &model, "mlp or cnn");
  return baton::run(
      argc, argv, {}, [&](const baton::TrainingArguments& args) { train(args, model); }, flags);
}
