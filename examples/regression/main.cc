// Learns how a pendulum swings from a simulation: build/bin/regression --help
#include <baton/train.h>

#include <cmath>
#include <cstdio>

namespace {

constexpr double kSecondsAStep = 0.1;

struct Pendulum {
  double angle = 0.0;     // radians, 0 is down
  double velocity = 0.0;  // radians a second
};

double acceleration(const Pendulum& p) { return -9.81 * std::sin(p.angle) - 0.1 * p.velocity; }

/// A tenth of a second later, in a hundred small steps.
Pendulum simulated(Pendulum p) {
  constexpr int kSteps = 100;
  for (int i = 0; i < kSteps; ++i) {
    p.velocity += acceleration(p) * kSecondsAStep / kSteps;
    p.angle += p.velocity * kSecondsAStep / kSteps;
  }
  return p;
}

/// Inputs are [samples, 2] of angle and velocity, labels how much both change in a tenth of a second.
std::shared_ptr<baton::TensorDataset> simulate(std::int64_t samples, std::uint64_t seed) {
  auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  const auto before =
      torch::rand({samples, 2}, generator, torch::kDouble) * torch::tensor({6.0, 12.0}) - torch::tensor({3.0, 6.0});
  auto after = torch::empty_like(before);
  const auto from = before.accessor<double, 2>();
  auto to = after.accessor<double, 2>();
  for (std::int64_t i = 0; i < samples; ++i) {
    const Pendulum next = simulated({from[i][0], from[i][1]});
    to[i][0] = next.angle;
    to[i][1] = next.velocity;
  }
  return std::make_shared<baton::TensorDataset>(before.to(torch::kFloat), (after - before).to(torch::kFloat));
}

struct Net : torch::nn::Module {
  Net() { register_module("layers", layers); }
  torch::Tensor forward(const torch::Tensor& state) { return layers->forward(state); }

  torch::nn::Sequential layers{torch::nn::Linear(2, 64), torch::nn::Tanh(), torch::nn::Linear(64, 64),
                               torch::nn::Tanh(), torch::nn::Linear(64, 2)};
};

/// Lets go of a pendulum and follows it for two seconds, by the simulation and by the network.
void swing(Net& net) {
  const torch::NoGradGuard no_grad;
  net.eval();
  Pendulum truth{.angle = 1.5, .velocity = 0.0};
  auto state = torch::tensor({{1.5F, 0.0F}});
  std::printf("\n  time    angle, simulated    angle, learned\n");
  for (int step = 1; step <= 20; ++step) {
    truth = simulated(truth);
    state = state + net.forward(state);
    if (step % 5 == 0) {
      std::printf("%5.1f s    %16.3f    %14.3f\n", step * kSecondsAStep, truth.angle, state[0][0].item<double>());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::int64_t samples = 20000;
  baton::Flags flags("Learns how a pendulum swings from a simulation.");
  flags.add("samples", &samples, "simulated steps to learn from");

  const baton::TrainingArguments defaults = {
      .output_dir = "runs/regression",
      .num_train_epochs = 20,
      .per_device_train_batch_size = 64,
      .per_device_eval_batch_size = 1000,
      .learning_rate = 3e-3,
      .lr_scheduler_type = baton::LrSchedulerType::kCosine,
      .logging_steps = 500,
      .eval_strategy = baton::EvalStrategy::kEpoch,
      .save_strategy = baton::SaveStrategy::kEpoch,
      .save_total_limit = 1,
  };
  const auto train = [&](const baton::TrainingArguments& args) {
    baton::set_seed(args.seed);
    auto net = std::make_shared<Net>();
    baton::Trainer trainer({
        .model = baton::supervised(net, torch::nn::MSELoss()),
        .args = args,
        .train_dataset = simulate(samples, 1),
        .eval_dataset = simulate(2000, 2),
        .compute_metrics = baton::regression_errors,
    });
    trainer.log_metrics("train", trainer.train().metrics);
    trainer.log_metrics("eval", trainer.evaluate());
    trainer.save_model();
    net->to(torch::kCPU);
    swing(*net);
  };
  return baton::run(argc, argv, defaults, train, flags);
}
