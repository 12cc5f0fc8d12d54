// One of the models of bench/compare on drawn data, trained by baton::Trainer. reference.py and by_hand.py are its
// twins in Python, parity_test.py compares what they leave behind.
#include <baton/train.h>

#include <memory>
#include <string>

#include "bench/compare/models.h"

namespace {

std::shared_ptr<baton::TensorDataset> drawn(const std::string& model, std::int64_t count) {
  const compare::Samples samples = compare::draw_samples(model, count);
  return std::make_shared<baton::TensorDataset>(samples.inputs, samples.labels);
}

void train(const baton::TrainingArguments& args, const std::string& model) {
  baton::set_seed(args.seed);
  const auto train_set = drawn(model, 1000);
  const auto test_set = drawn(model, 500);
  baton::Trainer trainer({
      .model = baton::supervised(compare::make_network(model), compare::CrossEntropy()),
      .args = args,
      .train_dataset = train_set,
      .eval_dataset = test_set,
      .compute_metrics = model == "char_lm" ? baton::MetricsFunction() : baton::accuracy,
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
  flags.add("model", &model, "micro, mlp, cnn or char_lm");
  return baton::run(
      argc, argv, {}, [&](const baton::TrainingArguments& args) { train(args, model); }, flags);
}
