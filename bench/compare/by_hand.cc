#include "bench/compare/by_hand.h"

#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/linalg_vector_norm.h>

#include <array>
#include <cstdio>
#include <vector>

namespace compare {
namespace {

using Tensors = std::vector<torch::Tensor>;

class Batches {
 public:
  Batches(Samples samples, std::int64_t size) : samples_(std::move(samples)), size_(size) {}

  Samples next() {
    const std::int64_t batches = samples_.inputs.size(0) / size_;
    if (next_ % batches == 0) order_ = torch::randperm(samples_.inputs.size(0));
    const std::int64_t first = next_++ % batches * size_;
    const torch::Tensor indices = order_.slice(0, first, first + size_);
    return {samples_.inputs.index_select(0, indices), samples_.labels.index_select(0, indices)};
  }

 private:
  Samples samples_;
  std::int64_t size_;
  std::int64_t next_ = 0;
  torch::Tensor order_;
};

/// The parameters with weight decay, and those without: biases and norms.
std::array<Tensors, 2> decayed_and_not(const Network& network) {
  std::array<Tensors, 2> groups;
  for (const torch::Tensor& parameter : network.parameters()) groups[parameter.dim() > 1 ? 0 : 1].push_back(parameter);
  return groups;
}

class TorchOptim {
 public:
  explicit TorchOptim(const Network& network) : parameters_(network.parameters()), optimizer_(groups(network)) {}

  void update(double learning_rate) {
    torch::nn::utils::clip_grad_norm_(parameters_, 1.0);
    for (auto& group : optimizer_.param_groups()) group.options().set_lr(learning_rate);
    optimizer_.step();
    optimizer_.zero_grad();
  }

 private:
  static std::vector<torch::optim::OptimizerParamGroup> groups(const Network& network) {
    const auto [decayed, undecayed] = decayed_and_not(network);
    const auto options = [](double decay) {
      return std::make_unique<torch::optim::AdamWOptions>(torch::optim::AdamWOptions().weight_decay(decay));
    };
    std::vector<torch::optim::OptimizerParamGroup> groups;
    groups.emplace_back(decayed, options(kWeightDecay));
    groups.emplace_back(undecayed, options(0.0));
    return groups;
  }

  Tensors parameters_;
  torch::optim::AdamW optimizer_;
};

class FusedKernels {
 public:
  explicit FusedKernels(const Network& network) : parameters_(network.parameters()) {
    const auto [decayed, undecayed] = decayed_and_not(network);
    groups_ = {Group(decayed, kWeightDecay), Group(undecayed, 0.0)};
  }

  void update(double learning_rate) {
    const torch::NoGradGuard no_grad;
    clip();
    for (Group& group : groups_) {
      group.steps.front() += 1;
      at::_fused_adamw_(group.parameters, gradients_of(group.parameters), group.averages, group.squares, {},
                        group.steps, learning_rate, 0.9, 0.999, group.weight_decay, 1e-8, false, false);
    }
    for (const torch::Tensor& parameter : parameters_) parameter.mutable_grad().reset();
  }

 private:
  struct Group {
    Group() = default;
    Group(Tensors tensors, double decay) : parameters(std::move(tensors)), weight_decay(decay) {
      for (const torch::Tensor& parameter : parameters) {
        averages.push_back(torch::zeros_like(parameter));
        squares.push_back(torch::zeros_like(parameter));
      }
      steps.assign(parameters.size(), torch::zeros({}));
    }
    Tensors parameters;
    double weight_decay = 0.0;
    Tensors averages{}, squares{}, steps{};
  };

  static Tensors gradients_of(const Tensors& parameters) {
    Tensors gradients;
    gradients.reserve(parameters.size());
    for (const torch::Tensor& parameter : parameters) gradients.push_back(parameter.grad());
    return gradients;
  }

  void clip() {
    const Tensors gradients = gradients_of(parameters_);
    const torch::Tensor norm = at::linalg_vector_norm(torch::stack(at::_foreach_norm(gradients, 2.0)), 2.0);
    at::_foreach_mul_(gradients, norm.add(1e-6).reciprocal().clamp_max(1.0));
  }

  Tensors parameters_;
  std::array<Group, 2> groups_;
};

template <class Optimizer>
StepTimer train(const Workload& workload) {
  torch::manual_seed(42);
  Batches batches(draw_samples(workload.model, kSamples), workload.batch_size());
  const std::shared_ptr<Network> network = make_network(workload.model);
  const CrossEntropy loss_function;
  Optimizer optimizer(*network);
  torch::Tensor total_loss = torch::zeros({});
  StepTimer timer(workload.steps);
  network->train();
  for (std::int64_t step = 1; step <= workload.steps; ++step) {
    const Samples batch = batches.next();
    const torch::Tensor loss = loss_function(network->forward(batch.inputs), batch.labels);
    loss.backward();
    total_loss += loss.detach();
    const double done = static_cast<double>(step - 1) / static_cast<double>(workload.steps);
    optimizer.update(kLearningRate * (1.0 - done));
    if (step % kLoggingSteps == 0) {
      std::printf("%lld: loss %f\n", static_cast<long long>(step), total_loss.item<double>() / kLoggingSteps);
      total_loss.zero_();
    }
    timer.finished(step);
  }
  return timer;
}

}  // namespace

StepTimer train_with_torch_optim(const Workload& workload) { return train<TorchOptim>(workload); }
StepTimer train_with_fused_kernels(const Workload& workload) { return train<FusedKernels>(workload); }

}  // namespace compare
