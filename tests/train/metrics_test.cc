#include "baton/train/metrics.h"

#include "baton/core/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

namespace baton {
namespace {

Record measured(MetricsFunction metric, const at::Tensor& predictions, const at::Tensor& labels) {
  return metric({.predictions = predictions, .labels = labels});
}

at::Tensor one_hot(std::vector<std::int64_t> classes, std::int64_t count) {
  return torch::one_hot(torch::tensor(classes), count).to(at::kFloat);
}

TEST(Accuracy, IsTheShareOfRightAnswers) {
  EXPECT_EQ(measured(accuracy, one_hot({0, 1, 1, 0}, 2), torch::tensor({0, 1, 0, 0})).number("accuracy"), 0.75);
}

TEST(Accuracy, LeavesOutIgnoredPositionsOfSequences) {
  const at::Tensor predictions = one_hot({0, 1, 2, 2}, 3).reshape({2, 2, 3});
  EXPECT_EQ(measured(accuracy, predictions, torch::tensor({{0, 1}, {-100, 1}})).number("accuracy"), 2.0 / 3.0);
}

TEST(Accuracy, RefusesWhatHasNoClasses) {
  EXPECT_THROW(measured(accuracy, torch::zeros({4}), torch::zeros({4})), ConfigError);
  EXPECT_THROW(measured(accuracy, torch::zeros({4, 2}), torch::zeros({3})), ConfigError);
  EXPECT_THROW(measured(accuracy, torch::zeros({4, 2}), at::Tensor{}), ConfigError);
  EXPECT_THROW(measured(accuracy, torch::zeros({2, 2}), torch::tensor({0, 2})), ConfigError) << "there is no class 2";
}

TEST(ConfusionMatrix, HasARowForEachTrueClass) {
  const Record found = measured(confusion_matrix, one_hot({0, 1, 1, 2}, 3), torch::tensor({0, 0, 1, 2}));
  EXPECT_EQ(*found.find("confusion_matrix"),
            Value(Value::List{Value(Value::List{1, 1, 0}), Value(Value::List{0, 1, 0}), Value(Value::List{0, 0, 1})}));
}

// From scikit-learn's precision_recall_fscore_support for the predictions {0, 1, 1, 2, 2, 2} of {0, 0, 1, 1, 2, 0}.
TEST(F1, AgreesWithScikitLearn) {
  const at::Tensor predictions = one_hot({0, 1, 1, 2, 2, 2}, 4);  // class 3 does not occur
  const at::Tensor labels = torch::tensor({0, 0, 1, 1, 2, 0});
  const struct {
    Average average;
    double precision, recall, f1;
  } rows[] = {{Average::kMicro, 0.5, 0.5, 0.5},
              {Average::kMacro, 11.0 / 18.0, 11.0 / 18.0, 0.5},
              {Average::kWeighted, 13.0 / 18.0, 0.5, 0.5}};
  for (const auto& row : rows) {
    const Record scores = measured(f1(row.average), predictions, labels);
    EXPECT_DOUBLE_EQ(scores.number("precision"), row.precision);
    EXPECT_DOUBLE_EQ(scores.number("recall"), row.recall);
    EXPECT_DOUBLE_EQ(scores.number("f1"), row.f1);
  }
}

TEST(F1, BinaryIsThatOfClassOne) {
  const Record scores = measured(f1(Average::kBinary), one_hot({1, 1, 0, 1}, 2), torch::tensor({1, 0, 1, 1}));
  EXPECT_DOUBLE_EQ(scores.number("f1"), 2.0 / 3.0);
  EXPECT_THROW(measured(f1(Average::kBinary), one_hot({1}, 3), torch::tensor({1})), ConfigError);
}

TEST(F1, IsZeroWhereThereIsNothingToDivideBy) {
  EXPECT_EQ(measured(f1(Average::kBinary), one_hot({0, 0}, 2), torch::tensor({0, 0})).number("f1"), 0.0);
}

TEST(Perplexity, IsTheExponentOfTheMeanCrossEntropy) {
  const at::Tensor logits = torch::tensor({{{2.0, 0.0}, {0.0, 1.0}}});
  const double expected = std::exp((std::log(1 + std::exp(-2.0)) + std::log(1 + std::exp(1.0))) / 2);
  EXPECT_NEAR(measured(perplexity, logits, torch::tensor({{0, 0}})).number("perplexity"), expected, 1e-6);
}

TEST(RegressionErrors, AreMeansOverAllNumbers) {
  const Record errors = measured(regression_errors, torch::tensor({{1.0, 2.0}}), torch::tensor({{0.0, 4.0}}));
  EXPECT_EQ(errors, (Record{{"mse", 2.5}, {"mae", 1.5}}));
  EXPECT_THROW(measured(regression_errors, torch::zeros({4, 1}), torch::zeros({4})), ConfigError);
}

TEST(Metrics, AreTheSameBatchByBatch) {
  torch::manual_seed(1);
  const at::Tensor predictions = torch::randn({10, 3});
  const at::Tensor labels = torch::randint(0, 3, {10});
  const MetricsFunction metric = all_of({accuracy, f1(), perplexity, confusion_matrix});
  MetricsFunction batched = metric;
  EXPECT_EQ(batched({predictions.slice(0, 0, 4), labels.slice(0, 0, 4), {}, {}, false}), Record());
  const Record parts = batched({predictions.slice(0, 4), labels.slice(0, 4)});
  const Record whole = measured(metric, predictions, labels);
  EXPECT_NEAR(parts.number("perplexity"), whole.number("perplexity"), 1e-12);
  for (const char* name : {"accuracy", "f1", "confusion_matrix"}) EXPECT_EQ(*parts.find(name), *whole.find(name));
}

}  // namespace
}  // namespace baton
