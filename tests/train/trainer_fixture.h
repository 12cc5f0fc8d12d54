// TrainerFixture: what tests of a whole Trainer share.
#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <filesystem>
#include <memory>

#include "baton/train/seed.h"
#include "baton/train/trainer.h"
#include "tests/fakes/fake_streams.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::fakes {

inline std::shared_ptr<TensorDataset> points(std::int64_t samples) {
  const at::Tensor inputs = torch::linspace(-1, 1, samples).view({samples, 1});
  return std::make_shared<TensorDataset>(inputs, inputs * 3 + 1);
}

/// A linear model that has 3x + 1 to learn, and everything a Trainer needs, without a terminal.
class TrainerFixture : public testing::Test {
 protected:
  TrainerFixture() { set_seed(42); }

  TrainerOptions options(TrainingArguments args = {}) {
    args.output_dir = output_dir_.string();
    args.learning_rate = 0.1;
    return {.model = supervised(net_, torch::nn::MSELoss()),
            .args = args,
            .train_dataset = points(32),
            .eval_dataset = points(8),
            .console = console_};
  }

  TemporaryFolder folder_;
  const std::filesystem::path output_dir_ = folder_.path() / "run";
  StringSink out_;
  StringSink err_;
  ManualClock clock_;
  std::shared_ptr<Console> console_ = std::make_shared<Console>(out_, err_, clock_);
  torch::nn::Linear net_{1, 1};
};

}  // namespace baton::fakes
