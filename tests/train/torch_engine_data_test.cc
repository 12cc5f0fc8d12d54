// What the engine does with data: tokens, streams, evaluations.
#include <gmock/gmock.h>

#include "baton/train/map_dataset.h"
#include "tests/train/counting_stream.h"
#include "tests/train/torch_engine_fixture.h"

namespace baton::train {
namespace {

using testing::ElementsAre;

// --- tokens ---

struct OfTokens : torch::nn::Module {
  at::Tensor training_step(const TensorMap& batch) { return (weight * batch.at("input_ids")).mean(); }
  at::Tensor weight = register_parameter("weight", torch::ones(1));
};

/// What one batch of two samples with two tokens each, padded to four, counts as.
std::int64_t tokens_counted(TokenCounting counting, bool masked) {
  const auto sample = [masked](std::int64_t) {
    TensorMap tokens = {{"input_ids", torch::arange(4)}};
    if (masked) tokens["attention_mask"] = torch::tensor({1, 1, 0, 0});
    return tokens;
  };
  TrainingArguments args = sequential(2);
  args.include_num_input_tokens_seen = counting;
  TorchEngine engine(resolve(args),
                     {.model = Model(std::make_shared<OfTokens>()).module(), .train_dataset = map_dataset(2, sample)});
  engine.fetch_window(1);
  return engine.micro_step({}).input_tokens;
}

TEST_F(TorchEngineTest, CountsTokensAsAsked) {
  EXPECT_EQ(tokens_counted(TokenCounting::kNo, true), 0);
  EXPECT_EQ(tokens_counted(TokenCounting::kAll, true), 8);
  EXPECT_EQ(tokens_counted(TokenCounting::kNonPadding, true), 4);
  EXPECT_EQ(tokens_counted(TokenCounting::kNonPadding, false), 8) << "nothing says what is padding";
}

// --- streams ---

TEST_F(TorchEngineTest, TrainsOnDataWithoutALength) {
  TorchEngine engine(resolve(sequential(2)),
                     {.model = Model(net_).module(), .train_dataset = std::make_shared<OneShotStream>(counting(3))});
  EXPECT_TRUE(engine.has_train_data());
  EXPECT_EQ(engine.train_samples(), std::nullopt);
  EXPECT_EQ(engine.train_batches(), std::nullopt);
  engine.begin_epoch(0, 0);
  EXPECT_EQ(engine.fetch_window(3), 2);
}

TEST_F(TorchEngineTest, EvaluatesDataWithoutALength) {
  make(sequential(2), {});
  engine_->give_data(std::make_shared<OneShotStream>([numbers = counting(3)](std::int64_t samples) mutable {
    std::optional<AnyBatch> batch = numbers(samples);
    if (batch) batch = Batch{batch->inputs().to(at::kFloat), {}};
    return batch;
  }));
  std::vector<std::optional<std::int64_t>> calls;
  const EvalResult result = engine_->evaluate({.data = EvalRequest::Data::kGiven}, true,
                                              [&](std::optional<std::int64_t> batches) { calls.push_back(batches); });
  EXPECT_EQ(result.samples, 3);
  EXPECT_THAT(calls, ElementsAre(std::nullopt, std::nullopt));
}

// --- evaluation ---

TEST_F(TorchEngineTest, WeighsTheEvaluationLossBySamples) {
  make(sequential(2), {});
  const EvalResult result = evaluate("");  // batches {1, 1} and {4}
  EXPECT_EQ(result.loss, 2.0);
  EXPECT_EQ(result.samples, 3);
  EXPECT_EQ(result.batches, 2);
}

TEST_F(TorchEngineTest, LeavesNonFiniteEvaluationLossesOutWhenAsked) {
  make(sequential(2), {});
  EXPECT_EQ(evaluate("odd").loss, 3.0);  // {NaN, NaN}, {4, 4}, {1}
  EXPECT_TRUE(std::isnan(*evaluate("odd", false).loss));
}

TEST_F(TorchEngineTest, EvaluatesInEvaluationModeWithoutGradients) {
  make(sequential(2), {1}).prepare(1);
  evaluate("");
  EXPECT_FALSE(net_->seen_training_mode);
  run_window(1);
  EXPECT_TRUE(net_->is_training());
}

TEST_F(TorchEngineTest, TellsHowManyBatchesThereAreAfterEach) {
  make(sequential(2), {});
  std::vector<std::optional<std::int64_t>> calls;
  engine_->evaluate({.set = ""}, true, [&](std::optional<std::int64_t> batches) { calls.push_back(batches); });
  EXPECT_THAT(calls, ElementsAre(2, 2));
  EXPECT_THAT(engine_->eval_sets(), ElementsAre("", "odd"));
}

TEST_F(TorchEngineTest, HandsAllOutputsToTheMetricFunction) {
  make(sequential(2), {}, [](const EvalPrediction& p) {
    return Record{{"outputs", p.predictions.sum().item<double>()}, {"labels", p.labels.numel()}};
  });
  const Record metrics = evaluate("").metrics;
  EXPECT_EQ(metrics.number("outputs"), 6.0);
  EXPECT_EQ(metrics.number("labels"), 3.0);
}

TEST_F(TorchEngineTest, SkipsTheMetricFunctionWithPredictionLossOnly) {
  TrainingArguments args = sequential(2);
  args.prediction_loss_only = true;
  make(args, {}, [](const EvalPrediction&) { return Record{{"m", 1}}; });
  EXPECT_TRUE(evaluate("").metrics.empty());
}

TEST_F(TorchEngineTest, PredictsOverGivenData) {
  make(sequential(2), {}).give_data(data({7, 8, 9}));
  engine_->evaluate({.data = EvalRequest::Data::kGiven, .predict = true}, true, [](auto) {});
  const EvalPrediction prediction = engine_->take_prediction();
  EXPECT_TRUE(prediction.predictions.equal(torch::tensor({7.0F, 8.0F, 9.0F})));
  EXPECT_TRUE(prediction.labels.equal(torch::arange(3)));
}

}  // namespace
}  // namespace baton::train
