// TorchEngineTest: an engine over scripted losses, for tests of its own methods.
#pragma once

#include "src/train/torch_engine.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "baton/train/model.h"

namespace baton::train {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Its loss is the mean of the inputs times its one weight, which begins at 1: a test scripts losses as data.
struct Scripted : torch::nn::Module {
  Scripted() : weight(register_parameter("weight", torch::ones(1))) {}
  at::Tensor training_step(const Batch& batch) { return (weight * batch.inputs).mean(); }
  EvalStep evaluation_step(const Batch& batch) {
    seen_training_mode = is_training();
    return {batch.inputs.mean(), batch.inputs};
  }
  at::Tensor weight;
  bool seen_training_mode = true;
};

inline std::shared_ptr<TensorDataset> data(const std::vector<double>& values) {
  return std::make_shared<TensorDataset>(torch::tensor(values).to(at::kFloat),
                                         torch::arange(static_cast<std::int64_t>(values.size())));
}

inline TrainingArguments sequential(std::int64_t batch_size) {
  return {.per_device_train_batch_size = batch_size,
          .per_device_eval_batch_size = batch_size,
          .learning_rate = 0.1,
          .train_sampling_strategy = SamplingStrategy::kSequential};
}

class TorchEngineTest : public testing::Test {
 protected:
  TorchEngine& make(const TrainingArguments& args, const std::vector<double>& train, MetricsFunction metrics = {}) {
    engine_ = std::make_unique<TorchEngine>(
        resolve(args), TorchEngineParts{.model = Model(net_).module(),
                                        .train_dataset = train.empty() ? nullptr : data(train),
                                        .eval_datasets = {{"", data({1, 1, 4})}, {"odd", data({kNaN, kNaN, 4, 4, 1})}},
                                        .compute_metrics = std::move(metrics)});
    return *engine_;
  }
  /// Runs the next `window` batches without an update.
  void run_window(int window, const MicroStep& rule = {}) {
    ASSERT_EQ(engine_->fetch_window(window), window);
    for (int i = 0; i < window; ++i) {
      MicroStep step = rule;
      step.index = i;
      step.divisor = window;
      engine_->micro_step(step);
    }
  }
  EvalResult evaluate(const std::string& set, bool leave_out_nonfinite = true) {
    return engine_->evaluate({.set = set}, leave_out_nonfinite, [](auto) {});
  }

  std::shared_ptr<Scripted> net_ = std::make_shared<Scripted>();
  std::unique_ptr<TorchEngine> engine_;
};

}  // namespace baton::train
