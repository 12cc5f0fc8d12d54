// Usage: contenders NAME. Trains what it is told to on its standard input, a line "MODEL STEPS" each time, and answers
// with a line "RESULT a b c": CPU seconds a step, CPU seconds to the end of the first step, highest memory in KiB.
#include <sys/resource.h>

#include <cstdio>
#include <iostream>
#include <map>
#include <memory>

#include <baton/train.h>

#include "bench/compare/by_hand.h"

namespace {

using namespace compare;

class Watch final : public baton::TrainerCallback {
 public:
  explicit Watch(StepTimer& timer) : timer_(timer) {}
  void on_step_end(baton::StepEvent& event) override { timer_.finished(event.state.global_step); }

 private:
  StepTimer& timer_;
};

StepTimer train_with_baton(const Workload& workload) {
  baton::keep_freed_memory();  // as baton::run does
  baton::set_seed(42);
  const Samples samples = draw_samples(workload.model, kSamples);
  StepTimer timer(workload.steps);
  baton::Trainer trainer({
      .model = baton::supervised(make_network(workload.model), CrossEntropy()),
      .args = {.output_dir = "baton_output",
               .max_steps = workload.steps,
               .per_device_train_batch_size = workload.batch_size(),
               .learning_rate = kLearningRate,
               .weight_decay = kWeightDecay,
               .logging_steps = static_cast<double>(kLoggingSteps),
               .disable_tqdm = true,
               .save_strategy = baton::SaveStrategy::kNo},
      .train_dataset = std::make_shared<baton::TensorDataset>(samples.inputs, samples.labels),
      .callbacks = {std::make_shared<Watch>(timer)},
  });
  trainer.train();
  return timer;
}

}  // namespace

/// Callgrind is told this name: what it counts is cut here.
[[gnu::noinline]] void answer_request(StepTimer (*contender)(const Workload&), const Workload& workload) {
  const StepTimer timer = contender(workload);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("RESULT %.9f %.6f %ld\n", timer.seconds_per_step(), timer.seconds_to_first_step(), usage.ru_maxrss);
  std::fflush(stdout);
}

int main(int argc, char** argv) {
  const std::map<std::string, StepTimer (*)(const Workload&)> contenders = {
      {"baton", train_with_baton},
      {"libtorch", train_with_torch_optim},
      {"libtorch_fused", train_with_fused_kernels},
  };
  const auto contender = contenders.find(argc > 1 ? argv[1] : "");
  if (contender == contenders.end()) {
    std::cerr << "Usage: contenders baton|libtorch|libtorch_fused\n";
    return 2;
  }
  at::set_num_threads(1);
  Workload workload;
  while (std::cin >> workload.model >> workload.steps) answer_request(contender->second, workload);
  return 0;
}
