// A training that goes on from any of its checkpoints ends with the same bytes in every file as one that never stopped.
#include <gmock/gmock.h>
#include <torch/torch.h>

#include <algorithm>
#include <functional>
#include <string>

#include "baton/callbacks/early_stopping.h"
#include "baton/core/checkpoint_folder.h"
#include "baton/train/map_dataset.h"
#include "baton/train/optimizers.h"
#include "baton/train/sample_random.h"
#include "src/base/files.h"
#include "tests/train/trainer_fixture.h"

namespace baton {
namespace {

namespace fs = std::filesystem;

/// 20 points, with noise that depends on the sample's random numbers.
DataSource noisy_points() {
  return map_dataset(20, [](std::int64_t index, SampleRandom& random) {
    const at::Tensor inputs = torch::full({2}, static_cast<double>(index) / 10 - 1) + 0.01 * random.uniform();
    return Sample{.input = inputs, .label = inputs.sum(0, true)};
  });
}

/// Dropout draws, batch normalisation counts, one layer is frozen, one is never used.
struct Net : torch::nn::Module {
  Net() {
    register_module("first", first);
    register_module("norm", norm);
    register_module("dropout", dropout);
    register_module("last", last);
    register_module("unused", unused);
    register_module("frozen", frozen);
    frozen->weight.set_requires_grad(false);
  }
  torch::Tensor forward(const torch::Tensor& inputs) {
    return last(dropout(torch::relu(norm(first(inputs))))) + frozen(inputs);
  }
  torch::nn::Linear first{2, 8};
  torch::nn::BatchNorm1d norm{8};
  torch::nn::Dropout dropout{0.3};
  torch::nn::Linear last{8, 1};
  torch::nn::Linear unused{3, 3};
  torch::nn::Linear frozen{2, 1};
};

struct Case {
  const char* why;
  std::function<void(TrainingArguments&)> change = [](TrainingArguments&) {};
  bool stops_early = false;
  bool torch_optimizer = false;
};

class ResumeTest : public testing::TestWithParam<Case> {
 protected:
  static TrainingArguments arguments(const fs::path& output_dir) {
    TrainingArguments args;
    args.output_dir = output_dir.string();
    args.per_device_train_batch_size = 2;
    args.gradient_accumulation_steps = 3;  // 10 batches: windows of 3, 3, 3 and 1
    args.num_train_epochs = 3;
    args.learning_rate = 0.05;
    args.warmup_steps = 3;
    args.weight_decay = 0.1;
    args.logging_steps = 5;
    args.eval_strategy = EvalStrategy::kSteps;
    args.eval_steps = 4;
    args.save_steps = 1;
    GetParam().change(args);
    return args;
  }

  /// Trains to the end, from a checkpoint or from the begin.
  void train(const fs::path& output_dir, const std::string& resume = "") {
    set_seed(1);
    const auto net = std::make_shared<Net>();
    TrainingArguments args = arguments(output_dir);
    args.resume_from_checkpoint = resume;
    TrainerOptions options{.model = supervised(net, torch::nn::MSELoss()),
                           .args = args,
                           .train_dataset = noisy_points(),
                           .eval_dataset = noisy_points(),
                           .console = console_};
    if (GetParam().stops_early) options.callbacks.push_back(std::make_shared<EarlyStoppingCallback>(3));
    if (GetParam().torch_optimizer) {
      options.create_optimizer = [net] {
        return wrap_optimizer(std::make_unique<torch::optim::Adam>(net->parameters(), torch::optim::AdamOptions(0.02)));
      };
    }
    Trainer(std::move(options)).train();
  }

  static std::int64_t last_step(const fs::path& output_dir) {
    std::int64_t last = 0;
    for (const CheckpointEntry& entry : CheckpointFolder(output_dir).list()) last = std::max(last, entry.step);
    return last;
  }

  /// The output folder as it was when that step had been saved.
  fs::path copy_at(std::int64_t last) {
    const fs::path copy = folder_.path() / ("from-" + std::to_string(last));
    for (std::int64_t step = 1; step <= last; ++step) {
      const std::string name = "checkpoint-" + std::to_string(step);
      fs::create_directories(copy);
      fs::copy(whole_ / name, copy / name, fs::copy_options::recursive);
    }
    return copy;
  }

  void expect_same(const fs::path& resumed, std::int64_t last, std::int64_t from) {
    for (const char* file : {"model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth", "trainer_state.json",
                             "baton_state.json"}) {
      const fs::path name = fs::path("checkpoint-" + std::to_string(last)) / file;
      std::string found = read_file(resumed / name);
      for (std::size_t at; (at = found.find(resumed.string())) != found.npos;)
        found.replace(at, resumed.string().size(), whole_.string());
      EXPECT_EQ(found, read_file(whole_ / name)) << file << " after resuming from step " << from;
    }
  }

  fakes::TemporaryFolder folder_;
  fs::path whole_ = folder_.path() / "whole";
  fakes::StringSink sink_;
  fakes::ManualClock clock_;
  std::shared_ptr<Console> console_ = std::make_shared<Console>(sink_, sink_, clock_);
};

TEST_P(ResumeTest, EndsWithTheSameBytesFromEverySavedStep) {
  train(whole_);
  const std::int64_t last = last_step(whole_);
  ASSERT_GT(last, 4) << GetParam().why;
  for (std::int64_t step = 1; step < last; ++step) {
    const fs::path resumed = copy_at(step);
    train(resumed, "true");
    expect_same(resumed, last, step);
  }
}

const Case kCases[] = {
    {"as it is"},
    {"in the background", [](auto& args) { args.save_async = true; }},
    {"workers read ahead", [](auto& args) { args.dataloader_num_workers = 2; }},
    {"in order", [](auto& args) { args.train_sampling_strategy = SamplingStrategy::kSequential; }},
    {"logs, evaluates and saves at epochs too",
     [](auto& args) {
       args.logging_strategy = LoggingStrategy::kEpoch;
       args.eval_strategy = EvalStrategy::kEpoch;
     }},
    {"stops early",
     [](auto& args) {
       args.eval_steps = 1;
       args.learning_rate = 0.3;
       args.load_best_model_at_end = true;
     },
     true},
    {"evaluates at the start", [](auto& args) { args.eval_on_start = true; }},
    {"momentum",
     [](auto& args) {
       args.optim = OptimizerName::kSgd;
       args.optim_args = "momentum=0.9,nesterov=true";
     }},
    {"adafactor", [](auto& args) { args.optim = OptimizerName::kAdafactor; }},
    {"lion", [](auto& args) { args.optim = OptimizerName::kLion; }},
    {"an optimizer of LibTorch", [](auto&) {}, false, true},
    {"a schedule that follows a metric",
     [](auto& args) {
       args.lr_scheduler_type = LrSchedulerType::kReduceLrOnPlateau;
       args.lr_scheduler_kwargs = {{"patience", 0}};
       args.warmup_steps = 0;
       args.metric_for_best_model = "loss";
     }},
    {"half precision", [](auto& args) { args.bf16 = true; }},
    {"gradients are not clipped", [](auto& args) { args.max_grad_norm = 0.0; }},
};

INSTANTIATE_TEST_SUITE_P(Trainings, ResumeTest, testing::ValuesIn(kCases),
                         [](const auto& each) { return "Case" + std::to_string(each.index); });

}  // namespace
}  // namespace baton
