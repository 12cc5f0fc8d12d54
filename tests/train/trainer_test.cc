#include "baton/train/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <chrono>
#include <fstream>

#include "baton/callbacks/lambda.h"
#include "baton/core/errors.h"
#include "baton/train/accessors.h"
#include "baton/train/optimizers.h"
#include "baton/train/seed.h"
#include "src/base/files.h"
#include "src/train/checkpoint/module_file.h"
#include "tests/train/trainer_fixture.h"

namespace baton {
namespace {

using fakes::points;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

using TrainerTest = fakes::TrainerFixture;

TEST_F(TrainerTest, LearnsALine) {
  Trainer trainer(options({.num_train_epochs = 20}));
  const TrainOutput output = trainer.train();
  EXPECT_EQ(output.global_step, 80);
  EXPECT_NEAR(net_->weight.item<float>(), 3.0F, 0.2F);
  EXPECT_LT(trainer.evaluate().number("eval_loss"), 0.05);
  EXPECT_EQ(trainer.state().epoch, 20.0);
}

TEST_F(TrainerTest, TwoRunsOfOneSeedAreEqual) {
  const auto train_once = [&] {
    set_seed(1);
    const auto net = std::make_shared<torch::nn::LinearImpl>(1, 1);
    TrainerOptions made = options({.num_train_epochs = 2});
    made.model = supervised(net, torch::nn::MSELoss());
    Trainer trainer(std::move(made));
    trainer.train();
    return net->weight.item<float>();
  };
  EXPECT_EQ(train_once(), train_once());
}

TEST_F(TrainerTest, WritesCheckpointsOfWeightsAndState) {
  Trainer trainer(options({.num_train_epochs = 1, .save_steps = 2}));
  trainer.train();
  for (const char* name : {"checkpoint-2", "checkpoint-4"}) {
    EXPECT_TRUE(std::filesystem::exists(output_dir_ / name / "model.safetensors")) << name;
    EXPECT_TRUE(std::filesystem::exists(output_dir_ / name / "trainer_state.json")) << name;
  }
}

TEST_F(TrainerTest, ReloadsTheBestWeightsAtTheEnd) {
  TrainerOptions made = options({.max_steps = 4,
                                 .logging_steps = 1,
                                 .eval_strategy = EvalStrategy::kSteps,
                                 .eval_steps = 1,
                                 .save_steps = 1,
                                 .load_best_model_at_end = true,
                                 .metric_for_best_model = "weight",
                                 .greater_is_better = false});
  std::vector<double> weights;
  made.compute_metrics = [&](const EvalPrediction&) {
    weights.push_back(net_->weight.item<float>());
    return Record{{"weight", weights.size() == 2 ? 0.0 : 1.0}};  // the second evaluation is the best
  };
  Trainer trainer(std::move(made));
  trainer.train();
  ASSERT_EQ(weights.size(), 4U);
  EXPECT_EQ(net_->weight.item<float>(), static_cast<float>(weights[1]));
  EXPECT_NE(weights[1], weights[3]);
}

TEST_F(TrainerTest, LoaderThreadsChangeNoBit) {
  const auto trained = [this](int workers) {
    set_seed(42);
    net_->reset_parameters();
    Trainer trainer(options({.num_train_epochs = 3, .dataloader_num_workers = workers}));
    trainer.train();
    return net_->weight.detach().clone();
  };
  EXPECT_TRUE(trained(0).equal(trained(4)));
}

TEST_F(TrainerTest, TrainsOnAStreamForMaxSteps) {
  const auto read = [all = points(32)](const StreamPass&) -> NextBatch {
    return [all, next = std::int64_t{0}](std::int64_t samples) mutable -> std::optional<AnyBatch> {
      if (next == 32) return std::nullopt;
      std::vector<std::int64_t> indices;
      while (static_cast<std::int64_t>(indices.size()) < samples && next < 32) indices.push_back(next++);
      return all->fetch({indices});
    };
  };
  TrainerOptions made = options({.max_steps = 10});
  made.train_dataset = std::make_shared<RestartableStream>(read);
  Trainer trainer(std::move(made));
  EXPECT_EQ(trainer.train().global_step, 10) << "two and a half passes of four batches";
}

TEST_F(TrainerTest, RefusesAStreamWithoutMaxSteps) {
  TrainerOptions made = options();
  made.train_dataset = std::make_shared<OneShotStream>([](std::int64_t) { return std::optional<AnyBatch>(); });
  EXPECT_THROW(Trainer{std::move(made)}, ConfigError);
}

TEST_F(TrainerTest, NamesTheMetricsOfNamedSets) {
  TrainerOptions made = options();
  made.eval_dataset = {{"near", points(8)}, {"far", points(4)}};
  Trainer trainer(std::move(made));
  const Record metrics = trainer.evaluate();
  EXPECT_TRUE(metrics.contains("eval_near_loss"));
  EXPECT_TRUE(metrics.contains("eval_far_loss"));
}

TEST_F(TrainerTest, EvaluatesAndPredictsOnOtherData) {
  Trainer trainer(options());
  EXPECT_TRUE(trainer.evaluate(points(4), "other").contains("other_loss"));
  const PredictionOutput output = trainer.predict(points(5));
  EXPECT_EQ(output.predictions.size(0), 5);
  EXPECT_TRUE(output.labels.equal(torch::linspace(-1, 1, 5).view({5, 1}) * 3 + 1));
  EXPECT_TRUE(output.metrics.contains("test_loss"));
}

TEST_F(TrainerTest, PredictsWithoutLabelsAndWithoutTrainingData) {
  TrainerOptions made = options();
  made.train_dataset = nullptr;
  made.eval_dataset = {};
  Trainer trainer(std::move(made));
  const PredictionOutput output = trainer.predict(std::make_shared<TensorDataset>(torch::zeros({3, 1})));
  EXPECT_EQ(output.predictions.size(0), 3);
  EXPECT_FALSE(output.labels.defined());
  EXPECT_FALSE(output.metrics.contains("test_loss"));
  EXPECT_THROW(trainer.train(), ConfigError);
  EXPECT_THROW(trainer.evaluate(), ConfigError);
}

TEST_F(TrainerTest, GivesCallbacksTheLiveObjects) {
  bool saw_all = false;
  LambdaEvents spy;
  spy.on_train_begin = [&](TrainEvent& event) {
    saw_all = model(event).module() == net_.get() && optimizer(event).groups().size() == 2 &&
              train_dataloader(event).batches() == 4 && lr_scheduler(event).learning_rate() == 0.1;
    EXPECT_THROW(eval_dataloader(event), ObjectError);
  };
  spy.on_evaluate = [&](EvaluateEvent& event) { EXPECT_EQ(eval_dataloader(event).samples(), 8); };
  TrainerOptions made = options({.num_train_epochs = 1, .eval_strategy = EvalStrategy::kEpoch});
  made.callbacks = {std::make_shared<LambdaCallback>(spy)};
  Trainer trainer(std::move(made));
  trainer.train();
  EXPECT_TRUE(saw_all);
}

TEST_F(TrainerTest, OrdersTheCallbacksAsTheReferenceDoes) {
  TrainerOptions made = options({.disable_tqdm = true});
  made.callbacks = {std::make_shared<LambdaCallback>(LambdaEvents{})};
  Trainer trainer(std::move(made));
  EXPECT_EQ(trainer.callbacks().names(), "DefaultFlowCallback\nLambdaCallback\nPrinterCallback");
}

TEST_F(TrainerTest, StartsAgainWithASmallerBatchWhenMemoryRunsOut) {
  struct Greedy : torch::nn::Module {
    Greedy() : weight(register_parameter("weight", torch::ones(1))) {}
    at::Tensor training_step(const Batch& batch) {
      TORCH_CHECK(batch.size() <= 7, "DefaultCPUAllocator: can't allocate memory: you tried to allocate too much");
      return (weight * batch.inputs).mean();
    }
    at::Tensor weight;
  };
  TrainerOptions made = options({.num_train_epochs = 1, .auto_find_batch_size = true});
  made.model = std::make_shared<Greedy>();
  int begins = 0;
  LambdaEvents spy;
  spy.on_train_begin = [&](TrainEvent&) { ++begins; };
  made.callbacks = {std::make_shared<LambdaCallback>(spy)};
  Trainer trainer(std::move(made));
  EXPECT_EQ(trainer.train().global_step, 5);  // 32 samples in batches of 7
  EXPECT_EQ(begins, 2);                       // once with 8
}

TEST_F(TrainerTest, TrainsWithAnOptimizerOfTheUsers) {
  TrainerOptions made = options({.num_train_epochs = 5, .max_grad_norm = 0.0});
  made.create_optimizer = [&] {
    return wrap_optimizer(std::make_unique<torch::optim::SGD>(net_->parameters(), torch::optim::SGDOptions(0.25)));
  };
  Trainer trainer(std::move(made));
  trainer.train();
  EXPECT_LT(trainer.evaluate().number("eval_loss"), 0.5);
}

TEST_F(TrainerTest, TrainsNothingThatARuleFreezes) {
  const at::Tensor before = net_->bias.detach().clone();
  TrainerOptions made = options({.num_train_epochs = 1});
  made.param_rules = {{.pattern = "bias", .frozen = true}};
  Trainer(std::move(made)).train();
  EXPECT_TRUE(net_->bias.equal(before));
}

TEST_F(TrainerTest, KeepsTheValuesOfAModelWithChannelsLast) {
  const torch::nn::Conv2d conv(torch::nn::Conv2dOptions(3, 4, 3));
  const at::Tensor before = conv->weight.detach().clone();
  TrainerOptions made = options({.channels_last = true});
  made.model = supervised(conv, torch::nn::MSELoss());
  Trainer trainer(std::move(made));
  trainer.save_model();
  torch::nn::init::zeros_(conv->weight);
  train::load_module(trainer.model(), output_dir_ / train::kModelFile);
  EXPECT_TRUE(conv->weight.equal(before));
}

TEST_F(TrainerTest, UsesDeterministicAlgorithmsWhenAsked) {
  Trainer trainer(options({.full_determinism = true}));
  EXPECT_TRUE(at::globalContext().deterministicAlgorithms());
  at::globalContext().setDeterministicAlgorithms(false, false);
}

TEST_F(TrainerTest, PassesOnExceptionsAfterEveryCallbackWasTold) {
  std::vector<std::string> events;
  LambdaEvents spy;
  spy.on_exception = [&](ExceptionEvent&) { events.push_back("exception"); };
  spy.on_close = [&](CloseEvent& event) { events.push_back(event.status == RunStatus::kFailed ? "failed" : "other"); };
  TrainerOptions made = options({.num_train_epochs = 1});
  made.callbacks = {std::make_shared<LambdaCallback>(spy)};
  made.train_dataset = std::make_shared<TensorDataset>(torch::zeros({4, 3}), torch::zeros({4, 1}));  // the net takes 1
  Trainer trainer(std::move(made));
  EXPECT_THROW(trainer.train(), Error);
  EXPECT_THAT(events, ElementsAre("exception", "failed"));
}

TEST_F(TrainerTest, SaysThatTheOutputDirectoryCannotBeMade) {
  std::ofstream(output_dir_) << "a file";
  try {
    Trainer trainer(options());
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--output_dir " + output_dir_.string() + ": cannot be written: "));
  }
}

TEST_F(TrainerTest, WritesModelStateTableAndResults) {
  Trainer trainer(options({.num_train_epochs = 1, .save_strategy = SaveStrategy::kNo}));
  const TrainOutput output = trainer.train();
  trainer.save_model();
  trainer.save_state();
  trainer.log_metrics("train", output.metrics);
  trainer.save_metrics("train", output.metrics);
  for (const char* name : {"model.safetensors", "trainer_state.json", "train_results.json", "all_results.json"}) {
    EXPECT_TRUE(std::filesystem::exists(output_dir_ / name)) << name;
  }
  EXPECT_THAT(out_.text, HasSubstr("***** train metrics *****"));
  EXPECT_THAT(read_file(output_dir_ / "train_results.json"), HasSubstr("\"train_loss\": "));
}

TEST_F(TrainerTest, TellsForwardFromBackward) {
  struct Slow : torch::nn::Module {
    explicit Slow(fakes::ManualClock& manual) : clock(manual), weight(register_parameter("weight", torch::ones(1))) {
      weight.register_hook([this](const at::Tensor&) { clock.advance(std::chrono::seconds(5)); });
    }
    at::Tensor training_step(const Batch& batch) {
      clock.advance(std::chrono::seconds(2));
      return (weight * batch.inputs).mean();
    }
    fakes::ManualClock& clock;
    at::Tensor weight;
  };
  TrainerOptions made = options({.max_steps = 4, .save_strategy = SaveStrategy::kNo});
  made.model = std::make_shared<Slow>(clock_);
  Trainer trainer(std::move(made));
  const TimeReport time = trainer.train().time;
  EXPECT_DOUBLE_EQ(time.of(Phase::kForward), 8.0);
  EXPECT_DOUBLE_EQ(time.of(Phase::kBackward), 20.0);
}

TEST_F(TrainerTest, TellsWhereTheTimeWent) {
  TrainerOptions made = options({.num_train_epochs = 1, .save_strategy = SaveStrategy::kNo});
  made.callbacks = {std::make_shared<LambdaCallback>(
      LambdaEvents{.on_step_end = [&](StepEvent&) { clock_.advance(std::chrono::seconds(2)); }})};
  Trainer trainer(std::move(made));
  const TrainOutput output = trainer.train();
  trainer.log_metrics("train", output.metrics);
  trainer.save_metrics("train", output.metrics);
  EXPECT_THAT(out_.text, HasSubstr("***** train time *****\n  callbacks = 0:00:08.00 100.0 %\n"));
  EXPECT_THAT(read_file(output_dir_ / "train_results.json"), HasSubstr("\"train_callbacks_runtime\": 8.0"));
}

TEST_F(TrainerTest, SaysNothingOfTimeBeforeATraining) {
  Trainer trainer(options());
  const Record metrics = trainer.evaluate("train");
  trainer.log_metrics("train", metrics);
  trainer.save_metrics("train", metrics);
  EXPECT_THAT(out_.text, Not(HasSubstr("train time")));
  EXPECT_THAT(read_file(output_dir_ / "train_results.json"), Not(HasSubstr("data_runtime")));
}

}  // namespace
}  // namespace baton
