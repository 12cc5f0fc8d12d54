// What a step of the Trainer costs over the same operations written by hand on LibTorch: both in turn, in one run, one
// thread, in CPU time. Run: build/bin/torch_step_bench [rounds]
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/linalg_vector_norm.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include <baton/train.h>

namespace {

constexpr std::int64_t kSteps = 2000;
constexpr std::int64_t kBatch = 64;
constexpr std::int64_t kSamples = 4096;

struct Net : torch::nn::Module {
  explicit Net(std::int64_t width) : input(64, width), output(width, 10) {
    register_module("input", input);
    register_module("output", output);
  }
  torch::Tensor forward(const torch::Tensor& x) { return output->forward(torch::relu(input->forward(x))); }
  torch::nn::Linear input, output;
};

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

struct Data {
  torch::Tensor inputs = torch::randn({kSamples, 64});
  torch::Tensor labels = torch::randint(10, {kSamples});
};

/// A careful hand-written loop: shuffled batches, gradient clipping, fused AdamW with two groups, loss kept on the
/// device.
class HandWrittenLoop {
 public:
  HandWrittenLoop(const Data& data, std::int64_t width)
      : data_(data), net_(std::make_shared<Net>(width)), parameters_(net_->parameters()) {
    groups_ = {Group{.parameters = {net_->input->weight, net_->output->weight}, .weight_decay = 0.01},
               Group{.parameters = {net_->input->bias, net_->output->bias}}};
    for (Group& group : groups_) {
      for (const torch::Tensor& parameter : group.parameters) {
        group.averages.push_back(torch::zeros_like(parameter));
        group.squares.push_back(torch::zeros_like(parameter));
      }
      group.steps.assign(group.parameters.size(), torch::zeros({}));
    }
  }

  void step(std::int64_t number) {
    constexpr std::int64_t kBatches = kSamples / kBatch;
    if (number % kBatches == 0) order_ = torch::randperm(kSamples);
    const torch::Tensor indices = order_.slice(0, number % kBatches * kBatch, (number % kBatches + 1) * kBatch);
    const torch::Tensor outputs = net_->forward(data_.inputs.index_select(0, indices));
    const torch::Tensor loss = loss_function_(outputs, data_.labels.index_select(0, indices));
    loss.backward();
    const torch::NoGradGuard no_grad;
    total_loss_ += loss.detach();
    clip();
    const double rate = 5e-5 * (1.0 - static_cast<double>(number) / static_cast<double>(kSteps));
    for (Group& group : groups_) update(group, rate);
    for (const torch::Tensor& parameter : parameters_) parameter.mutable_grad().reset();
  }

 private:
  struct Group {
    std::vector<torch::Tensor> parameters;
    double weight_decay = 0.0;
    std::vector<torch::Tensor> averages{}, squares{}, steps{};
  };

  static std::vector<torch::Tensor> gradients_of(const std::vector<torch::Tensor>& parameters) {
    std::vector<torch::Tensor> gradients;
    for (const torch::Tensor& parameter : parameters) gradients.push_back(parameter.grad());
    return gradients;
  }

  void clip() {
    const std::vector<torch::Tensor> gradients = gradients_of(parameters_);
    const torch::Tensor norm = at::linalg_vector_norm(torch::stack(at::_foreach_norm(gradients, 2.0)), 2.0);
    at::_foreach_mul_(gradients, norm.add(1e-6).reciprocal().clamp_max(1.0));
  }

  static void update(Group& group, double rate) {
    group.steps.front() += 1;
    at::_fused_adamw_(group.parameters, gradients_of(group.parameters), group.averages, group.squares, {}, group.steps,
                      rate, 0.9, 0.999, group.weight_decay, 1e-8, false, false);
  }

  const Data& data_;
  std::shared_ptr<Net> net_;
  std::vector<torch::Tensor> parameters_;
  std::array<Group, 2> groups_;
  torch::nn::CrossEntropyLoss loss_function_;
  torch::Tensor total_loss_ = torch::zeros({});
  torch::Tensor order_;
};

double by_hand(const Data& data, std::int64_t width) {
  torch::manual_seed(42);
  HandWrittenLoop loop(data, width);
  const double start = cpu_seconds();
  for (std::int64_t step = 0; step < kSteps; ++step) loop.step(step);
  return (cpu_seconds() - start) / kSteps;
}

double by_trainer(const Data& data, std::int64_t width) {
  torch::manual_seed(42);
  auto net = std::make_shared<Net>(width);
  baton::Trainer trainer({
      .model = baton::supervised(net, torch::nn::CrossEntropyLoss()),
      .args = {.output_dir = "bench_output",
               .max_steps = kSteps,
               .per_device_train_batch_size = kBatch,
               .weight_decay = 0.01,
               .logging_strategy = baton::LoggingStrategy::kNo,
               .disable_tqdm = true,
               .save_strategy = baton::SaveStrategy::kNo},
      .train_dataset = std::make_shared<baton::TensorDataset>(data.inputs, data.labels),
  });
  trainer.remove_callback<baton::PrinterCallback>();
  // The run's own set-up and closing are part of it; they weigh little over so many steps.
  const double start = cpu_seconds();
  trainer.train();
  return (cpu_seconds() - start) / kSteps;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::stoi(argv[1]) : 9;
  at::set_num_threads(1);
  const Data data;
  std::printf("%-22s %12s %12s %9s %12s\n", "model (batch 64)", "by hand us", "trainer us", "ratio", "difference");
  for (const std::int64_t width : {32, 256, 1024}) {
    std::vector<double> hand, trainer, ratio, difference;
    for (int round = 0; round <= rounds; ++round) {
      const double a = by_hand(data, width);
      const double b = by_trainer(data, width);
      if (round == 0) continue;  // warm-up
      hand.push_back(a);
      trainer.push_back(b);
      ratio.push_back(b / a);
      difference.push_back(b - a);
    }
    std::printf("64-%-4lld-10 %24.2f %12.2f %9.3f %9.2f us\n", static_cast<long long>(width), median(hand) * 1e6,
                median(trainer) * 1e6, median(ratio), median(difference) * 1e6);
  }
  return 0;
}
