// Whole trainings in other precisions and with what else changes the loss, against the reference's trainer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "baton/callbacks/lambda.h"
#include "baton/core/errors.h"
#include "baton/train/gradient_checkpointing.h"
#include "baton/train/noisy_embedding.h"
#include "baton/train/seed.h"
#include "baton/train/trainer.h"
#include "tests/fakes/fake_streams.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/train/torch_golden.h"

namespace baton {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The generator script's Net.
struct Net : torch::nn::Module, GradientCheckpointing {
  Net() {
    register_module("embedding", embedding);
    register_module("hidden", hidden);
    register_module("norm", norm);
    register_module("head", head);
  }
  at::Tensor forward(const at::Tensor& inputs) {
    type = hidden->weight.scalar_type();
    const auto rest = [this](const at::Tensor& tokens) {
      ++runs;
      return head(norm(hidden(tokens.flatten(1))).relu());
    };
    return checkpointed(rest, embedding(inputs));
  }

  NoisyEmbedding embedding{20, 16};
  torch::nn::Linear hidden{8 * 16, 32};
  torch::nn::LayerNorm norm{torch::nn::LayerNormOptions({32})};
  torch::nn::Linear head{32, 10};
  at::ScalarType type = at::kFloat;  ///< of the weights in the last forward pass
  int runs = 0;                      ///< of what can be checkpointed
};

std::shared_ptr<TensorDataset> tokens(std::int64_t samples) {
  const at::Tensor inputs = torch::randint(20, {samples, 8});
  return std::make_shared<TensorDataset>(inputs, torch::randint(10, {samples}));
}

class PrecisionTraining : public testing::Test {
 protected:
  PrecisionTraining() {
    at::set_num_threads(1);
    set_seed(42);
    net_ = std::make_shared<Net>();
  }

  Trainer& make(TrainingArguments args) {
    args.output_dir = (folder_.path() / "run").string();
    args.num_train_epochs = 1;
    args.learning_rate = 1e-2;
    args.logging_steps = 1;
    args.eval_strategy = EvalStrategy::kEpoch;
    args.save_strategy = SaveStrategy::kNo;
    const auto train = tokens(80);
    trainer_ = std::make_unique<Trainer>(TrainerOptions{.model = supervised(net_, torch::nn::CrossEntropyLoss()),
                                                        .args = args,
                                                        .train_dataset = train,
                                                        .eval_dataset = tokens(24),
                                                        .console = console_});
    return *trainer_;
  }
  /// Of all records that have it.
  std::vector<double> logged(const char* key) const {
    std::vector<double> values;
    for (const LogRecord& record : trainer_->state().log_history) {
      if (record.contains(key)) values.push_back(record.number(key));
    }
    return values;
  }
  void expect_logged(const char* key, const Value& expected, double tolerance) const {
    const std::vector<double> found = logged(key);
    const std::vector<double> wanted = expected.list() ? train::numbers_of(expected) : std::vector{expected.number()};
    ASSERT_EQ(found.size(), wanted.size());
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], wanted[i], tolerance) << key << " " << i;
  }
  /// The generator script's product().
  bool multiplies_alike() const {
    torch::manual_seed(1);
    const at::Tensor left = torch::randn({8, 128}).to(at::kBFloat16);
    const at::Tensor product = left.mm(torch::randn({128, 32}).to(at::kBFloat16));
    return train::bits_of(product) == *golden_.root().find("product")->integer();
  }
  /// Trains as the generator script's run() of that name, and compares: to the bit where the processor is like the one
  /// that wrote the file, else as near as `tolerance`.
  void expect_golden(const std::string& name, const TrainingArguments& args, double tolerance) {
    make(args).train();
    const double allowed = golden_.same_machine() && multiplies_alike() ? 0.0 : tolerance;
    for (const Value& value : golden_.list("runs")) {
      const Record& row = *value.record();
      if (*row.find("name")->text() != name) continue;
      expect_logged("loss", *row.find("losses"), allowed);
      expect_logged("grad_norm", *row.find("norms"), allowed);
      expect_logged("eval_loss", *row.find("eval_loss"), allowed);
      return;
    }
    FAIL() << "no run " << name;
  }

  const train::TorchGolden golden_{"precision.json"};
  fakes::TemporaryFolder folder_;
  fakes::StringSink out_;
  fakes::StringSink err_;
  fakes::ManualClock clock_;
  std::shared_ptr<Console> console_ = std::make_shared<Console>(out_, err_, clock_);
  std::shared_ptr<Net> net_;
  std::unique_ptr<Trainer> trainer_;
};

TEST_F(PrecisionTraining, InSingleEqualsTheReferences) { expect_golden("plain", {}, 1e-4); }

TEST_F(PrecisionTraining, InBf16EqualsTheReferences) { expect_golden("bf16", {.bf16 = true}, 0.1); }

TEST_F(PrecisionTraining, WithSmoothedLabelsEqualsTheReferences) {
  expect_golden("smoothed", {.label_smoothing_factor = 0.1}, 1e-4);
}

TEST_F(PrecisionTraining, WithSmoothedLabelsInBf16EqualsTheReferences) {
  expect_golden("smoothed in bf16", {.label_smoothing_factor = 0.1, .bf16 = true}, 0.1);
}

TEST_F(PrecisionTraining, WithNoiseEqualsTheReferences) { expect_golden("noise", {.neftune_noise_alpha = 5.0}, 1e-4); }

TEST_F(PrecisionTraining, WithGradientCheckpointingEqualsTheOneWithout) {
  expect_golden("plain", {.gradient_checkpointing = true}, 1e-4);
  EXPECT_EQ(net_->runs, 2 * 10 + 3);
}

TEST_F(PrecisionTraining, KeepsWeightsAndOutputsInSingleUnderBf16) {
  Trainer& trainer = make({.bf16 = true});
  trainer.train();
  EXPECT_EQ(net_->type, at::kFloat);
  EXPECT_EQ(trainer.predict(tokens(8)).predictions.scalar_type(), at::kFloat);
}

TEST_F(PrecisionTraining, EvaluatesInHalfOutsideOfTrainingOnly) {
  Trainer& trainer = make({.bf16_full_eval = true});
  std::vector<at::ScalarType> types;
  trainer.add_callback(std::make_shared<LambdaCallback>(
      LambdaEvents{.on_prediction_step = [&](PredictionStepEvent&) { types.push_back(net_->type); }}));
  trainer.train();
  EXPECT_THAT(types, ElementsAre(at::kFloat, at::kFloat, at::kFloat));
  const at::Tensor before = net_->hidden->weight.detach().clone();
  const double in_single = logged("eval_loss").front();
  types.clear();
  EXPECT_NEAR(trainer.evaluate().number("eval_loss"), in_single, 0.05);
  EXPECT_THAT(types, ElementsAre(at::kBFloat16, at::kBFloat16, at::kBFloat16));
  EXPECT_TRUE(net_->hidden->weight.equal(before));
}

TEST_F(PrecisionTraining, EvaluatesInputsInSingleWithWeightsInHalf) {
  const torch::nn::Linear line(1, 1);
  TrainerOptions made{.model = supervised(line, torch::nn::MSELoss()), .console = console_};
  made.args.output_dir = (folder_.path() / "line").string();
  made.args.bf16_full_eval = true;
  made.eval_dataset = std::make_shared<TensorDataset>(torch::ones({4, 1}), torch::ones({4, 1}));
  Trainer trainer(std::move(made));
  EXPECT_TRUE(std::isfinite(trainer.evaluate().number("eval_loss")));
}

TEST_F(PrecisionTraining, SwitchesOffWhatAnEarlierTrainerSwitchedOn) {
  make({.label_smoothing_factor = 0.1, .neftune_noise_alpha = 5.0, .gradient_checkpointing = true});
  set_seed(42);
  const Net drawn;  // as the one that is there was
  expect_golden("plain", {}, 1e-4);
}

struct OwnLoss : torch::nn::Module {
  OwnLoss() : weight(register_parameter("weight", torch::ones(1))) {}
  at::Tensor training_step(const Batch& batch) { return (weight * batch.inputs).mean(); }
  at::Tensor weight;
};

TEST_F(PrecisionTraining, RefusesWhatTheModelHasNoPartFor) {
  const struct {
    TrainingArguments args;
    const char* message;
  } rows[] = {
      {{.label_smoothing_factor = 0.1}, "--label_smoothing_factor expects a loss that baton::supervised applies"},
      {{.neftune_noise_alpha = 5.0}, "--neftune_noise_alpha expects a baton::NoisyEmbedding in the model, found none"},
      {{.gradient_checkpointing = true}, "--gradient_checkpointing expects a module derived from"},
  };
  for (const auto& row : rows) {
    TrainerOptions made{.model = std::make_shared<OwnLoss>(), .args = row.args, .console = console_};
    made.args.output_dir = (folder_.path() / "own").string();
    try {
      Trainer trainer(std::move(made));
      ADD_FAILURE() << row.message;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr(row.message));
    }
  }
}

}  // namespace
}  // namespace baton
