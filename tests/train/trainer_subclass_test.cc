// Each virtual method of Trainer, replaced.
#include <gmock/gmock.h>

#include "baton/callbacks/lambda.h"
#include "baton/core/errors.h"
#include "baton/train/accessors.h"
#include "src/base/files.h"
#include "tests/train/trainer_fixture.h"

namespace baton {
namespace {

using fakes::points;
using testing::ElementsAre;
using testing::HasSubstr;

using SubclassTest = fakes::TrainerFixture;

/// Two updates of 16 samples, logged one by one.
TrainingArguments two_updates() {
  return {.num_train_epochs = 1,
          .per_device_train_batch_size = 16,
          .per_device_eval_batch_size = 8,
          .max_grad_norm = 0.0,
          .logging_steps = 1};
}

struct DoubledLoss : Trainer {
  using Trainer::Trainer;
  at::Tensor compute_loss(const AnyBatch& batch) override { return Trainer::compute_loss(batch) * 2; }
};

TEST_F(SubclassTest, ALossOfOnesOwnIsTrainedOnAndLogged) {
  const auto first_loss = [&](Trainer& trainer) {
    torch::nn::init::zeros_(net_->weight);
    torch::nn::init::zeros_(net_->bias);
    trainer.train();
    return trainer.state().log_history.front().number("loss");
  };
  Trainer plain(options(two_updates()));
  DoubledLoss doubled(options(two_updates()));
  EXPECT_DOUBLE_EQ(first_loss(doubled), 2 * first_loss(plain));
}

/// Goes through the model twice, as regularisation by dropout does.
struct TwoPasses : Trainer {
  using Trainer::Trainer;
  at::Tensor training_step(const AnyBatch& batch, double divisor) override {
    ++calls;
    const at::Tensor loss = (compute_loss(batch) + compute_loss(batch)) / 2 / divisor;
    backward(loss);
    return loss.detach();
  }
  int calls = 0;
};

TEST_F(SubclassTest, ATrainingStepOfOnesOwnKnowsTheAccumulation) {
  TrainingArguments args = two_updates();
  args.per_device_train_batch_size = 8;
  args.gradient_accumulation_steps = 2;
  TwoPasses trainer(options(args));
  trainer.train();
  EXPECT_EQ(trainer.calls, 4);
  EXPECT_EQ(trainer.state().global_step, 2);
}

struct Inverted : Trainer {
  using Trainer::Trainer;
  EvalStep prediction_step(const AnyBatch& batch) override {
    EvalStep step = Trainer::prediction_step(batch);
    step.outputs = -step.outputs;
    return step;
  }
};

TEST_F(SubclassTest, APredictionStepOfOnesOwnIsWhatPredictReturns) {
  Trainer plain(options());
  Inverted inverted(options());
  EXPECT_TRUE(inverted.predict(points(4)).predictions.equal(-plain.predict(points(4)).predictions));
}

struct OwnLoaders : Trainer {
  using Trainer::Trainer;
  std::unique_ptr<DataLoader> get_train_dataloader() override {
    ++train_loaders;
    return std::make_unique<DataLoader>(points(6), DataLoaderOptions{.batch_size = 2});
  }
  std::unique_ptr<DataLoader> get_eval_dataloader(const DataSource& data) override {
    return std::make_unique<DataLoader>(data, DataLoaderOptions{.batch_size = 1});
  }
  int train_loaders = 0;
};

TEST_F(SubclassTest, LoadersOfOnesOwnRuleTheLengths) {
  TrainingArguments args = two_updates();
  args.num_train_epochs = 2;
  OwnLoaders trainer(options(args));
  int predictions = 0;
  LambdaEvents events;
  events.on_prediction_step = [&](PredictionStepEvent&) { ++predictions; };
  trainer.add_callback(std::make_shared<LambdaCallback>(events));
  EXPECT_EQ(trainer.train().global_step, 6);
  EXPECT_EQ(trainer.train_loaders, 1) << "kept over the epochs";
  trainer.evaluate();
  EXPECT_EQ(predictions, 8);
}

struct NoLoader : Trainer {
  using Trainer::Trainer;
  std::unique_ptr<DataLoader> get_train_dataloader() override { return nullptr; }
};

TEST_F(SubclassTest, ALoaderThatIsNullIsNamed) {
  NoLoader trainer(options(two_updates()));
  EXPECT_THROW(trainer.train(), ConfigError);
}

struct HalfSpeed : Trainer {
  using Trainer::Trainer;
  std::unique_ptr<Optimizer> create_optimizer() override {
    ++optimizers;
    return Trainer::create_optimizer();
  }
  LrScheduler create_scheduler(const LrScheduleSpec& spec) override {
    return LrScheduler([rate = spec.learning_rate](std::int64_t updates) { return updates == 0 ? rate : rate / 2; });
  }
  int optimizers = 0;
};

TEST_F(SubclassTest, OptimizerAndScheduleOfOnesOwnAreUsed) {
  HalfSpeed trainer(options(two_updates()));
  trainer.train();
  EXPECT_EQ(trainer.optimizers, 1);
  EXPECT_EQ(trainer.state().log_history.at(0).number("learning_rate"), 0.1);
  EXPECT_EQ(trainer.state().log_history.at(1).number("learning_rate"), 0.05);
}

struct Watching : Trainer {
  using Trainer::Trainer;
  Record evaluate(const std::string& prefix) override {
    Record metrics = Trainer::evaluate(prefix);
    metrics.set(prefix + "_calls", ++evaluations);
    return metrics;
  }
  void log(LogRecord& logs) override {
    logs.set("room", 21);
    Trainer::log(logs);
  }
  void save_model(const std::filesystem::path& folder) override {
    saved.push_back(folder.filename().string());
    Trainer::save_model(folder);
  }
  double floating_point_ops(const AnyBatch& batch) override { return static_cast<double>(batch.size()); }

  int evaluations = 0;
  std::vector<std::string> saved;
};

TEST_F(SubclassTest, TrainingEvaluatesLogsAndSavesAsTheDerivedClassDoes) {
  TrainingArguments args = two_updates();
  args.eval_strategy = EvalStrategy::kEpoch;
  args.save_strategy = SaveStrategy::kEpoch;
  args.metric_for_best_model = "eval_calls";
  args.greater_is_better = true;
  Watching trainer(options(args));
  trainer.train();
  EXPECT_EQ(trainer.evaluations, 1);
  EXPECT_EQ(trainer.state().best_metric, 1.0);
  for (const LogRecord& logs : trainer.state().log_history) EXPECT_EQ(logs.number("room"), 21);
  EXPECT_THAT(trainer.saved, ElementsAre(HasSubstr("checkpoint-2")));
  EXPECT_EQ(trainer.state().total_flos, 32.0);
}

TEST_F(SubclassTest, NoReplacementIsCalledBeforeTheConstructorHasReturned) {
  struct Strict : Trainer {
    explicit Strict(TrainerOptions options) : Trainer(std::move(options)) { is_ready = true; }
    std::unique_ptr<DataLoader> get_train_dataloader() override {
      EXPECT_TRUE(is_ready);
      return Trainer::get_train_dataloader();
    }
    bool is_ready = false;
  } trainer(options(two_updates()));
  EXPECT_EQ(trainer.train().global_step, 2);
}

// --- what travels along ---

struct Words : ProcessingClass {
  void save(const std::filesystem::path& folder) const override { write_file(folder / "vocab.txt", "a\nb\n"); }
};

TEST_F(SubclassTest, TheProcessingClassIsSeenByCallbacksAndSavedWithTheModel) {
  TrainerOptions made = options(two_updates());
  const auto words = std::make_shared<Words>();
  made.processing_class = words;
  const ProcessingClass* seen = nullptr;
  LambdaEvents events;
  events.on_init_end = [&](InitEvent& event) { seen = &processing_class(event); };
  made.callbacks = {std::make_shared<LambdaCallback>(events)};
  Trainer trainer(std::move(made));
  trainer.save_model();
  EXPECT_EQ(seen, words.get());
  EXPECT_TRUE(std::filesystem::exists(output_dir_ / "vocab.txt"));
}

TEST_F(SubclassTest, ATrialKeepsItsCheckpointsApart) {
  TrainingArguments args = two_updates();
  args.save_strategy = SaveStrategy::kEpoch;
  TrainerOptions made = options(args);
  made.trial = Trial{.name = "run-3", .params = {{"learning_rate", 0.1}}};
  Trainer trainer(std::move(made));
  trainer.train();
  EXPECT_TRUE(trainer.state().is_hyper_param_search);
  EXPECT_TRUE(std::filesystem::exists(output_dir_ / "run-3" / "checkpoint-2"));
}

TEST_F(SubclassTest, ATrialNeedsTheNameOfAFolder) {
  for (const char* name : {"", "..", "a/b"}) {
    TrainerOptions made = options();
    made.trial = Trial{.name = name, .params = {}};
    EXPECT_THROW(Trainer{std::move(made)}, ConfigError) << name;
  }
}

}  // namespace
}  // namespace baton
