// A Trainer that learns a rare class: it replaces the loss, and adds to the log. build/bin/subclass_trainer --help
#include <baton/train.h>

namespace {

struct Net : torch::nn::Module {
  Net() { register_module("layers", layers); }
  torch::Tensor forward(const torch::Tensor& points) { return layers->forward(points); }

  torch::nn::Sequential layers{torch::nn::Linear(2, 32), torch::nn::ReLU(), torch::nn::Linear(32, 2)};
};

/// Points in the plane; the one in twenty that is near the middle is of class 1.
std::shared_ptr<baton::TensorDataset> rare_points(std::int64_t samples, std::uint64_t seed) {
  auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  const auto points = torch::randn({samples, 2}, generator);
  return std::make_shared<baton::TensorDataset>(points, points.norm(2, 1).lt(0.32).to(torch::kLong));
}

/// Counts a sample of class c with `weights[c]`, and logs how large the network's own weights have become.
class WeightedTrainer : public baton::Trainer {
 public:
  WeightedTrainer(std::shared_ptr<Net> net, torch::Tensor weights, baton::TrainerOptions options)
      : Trainer(std::move(options)), net_(std::move(net)), weights_(std::move(weights)) {}

  torch::Tensor compute_loss(const baton::AnyBatch& any) override {
    const auto& batch = any.as<baton::Batch>();
    const auto options = torch::nn::functional::CrossEntropyFuncOptions().weight(weights_.to(batch.inputs.device()));
    return torch::nn::functional::cross_entropy(net_->forward(batch.inputs), batch.labels, options);
  }

  void log(baton::LogRecord& logs) override {
    if (logs.contains("loss")) {
      const torch::NoGradGuard no_grad;
      logs.set("weight_norm", torch::nn::utils::parameters_to_vector(net_->parameters()).norm().item<double>());
    }
    Trainer::log(logs);
  }

 private:
  std::shared_ptr<Net> net_;
  torch::Tensor weights_;
};

}  // namespace

int main(int argc, char** argv) {
  double rare_weight = 10.0;
  baton::Flags flags("Learns a class that one point in twenty is of, with a loss that counts it more.");
  flags.add("rare_weight", &rare_weight, "how many common samples a rare one counts for");

  const baton::TrainingArguments defaults = {
      .output_dir = "runs/subclass_trainer",
      .num_train_epochs = 10,
      .per_device_train_batch_size = 64,
      .per_device_eval_batch_size = 1000,
      .learning_rate = 1e-2,
      .logging_steps = 100,
      .eval_strategy = baton::EvalStrategy::kEpoch,
      .save_strategy = baton::SaveStrategy::kEpoch,
      .save_total_limit = 1,
      .load_best_model_at_end = true,
      .metric_for_best_model = "eval_recall",
      .greater_is_better = true,
  };
  const auto train = [&](const baton::TrainingArguments& args) {
    baton::set_seed(args.seed);
    auto net = std::make_shared<Net>();
    baton::TrainerOptions options{
        .model = baton::supervised(net, torch::nn::CrossEntropyLoss()),  // for evaluations
        .args = args,
        .train_dataset = rare_points(10000, 1),
        .eval_dataset = rare_points(2000, 2),
        .compute_metrics = baton::all_of({baton::accuracy, baton::f1(baton::Average::kMacro), baton::confusion_matrix}),
    };
    WeightedTrainer trainer(net, torch::tensor({1.0, rare_weight}, torch::kFloat), std::move(options));
    trainer.log_metrics("train", trainer.train().metrics);
    trainer.log_metrics("eval", trainer.evaluate());
  };
  return baton::run(argc, argv, defaults, train, flags);
}
