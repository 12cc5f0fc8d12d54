#include "baton/train/metrics.h"

#include <ATen/ops/argmax.h>
#include <ATen/ops/bincount.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/stack.h>

#include <cmath>
#include <sstream>
#include <string>
#include <utility>

#include "baton/core/errors.h"

namespace baton {
namespace {

constexpr std::int64_t kIgnoredLabel = -100;

void expect(bool fits, const char* metric, const char* expected, const EvalPrediction& found) {
  if (fits) return;
  std::ostringstream message;
  message << metric << ": expected " << expected;
  if (found.predictions.defined()) message << ", found predictions " << found.predictions.sizes();
  if (found.labels.defined()) message << ", labels " << found.labels.sizes();
  throw ConfigError(message.str());
}

/// The positions that count, one a row.
struct Positions {
  at::Tensor scores;  ///< [positions, classes]
  at::Tensor labels;  ///< [positions]
};

Positions positions_of(const EvalPrediction& prediction, const char* metric) {
  const auto& predictions = prediction.predictions;
  const auto& labels = prediction.labels;
  const bool fits = predictions.defined() && labels.defined() && predictions.dim() >= 2 &&
                    labels.sizes() == predictions.sizes().slice(0, static_cast<std::size_t>(predictions.dim()) - 1);
  expect(fits, metric, "predictions [samples, classes] and labels [samples]", prediction);
  const at::Tensor flat = labels.reshape({-1}).to(at::kLong);
  const at::Tensor counts = flat.ne(kIgnoredLabel).nonzero().squeeze(1);
  return {predictions.reshape({-1, predictions.size(-1)}).index_select(0, counts), flat.index_select(0, counts)};
}

/// [classes, classes] of int64: rows true, columns predicted.
at::Tensor confusions(const EvalPrediction& prediction, const char* metric) {
  const auto [scores, labels] = positions_of(prediction, metric);
  const std::int64_t classes = scores.size(1);
  const bool fits = labels.numel() == 0 || (labels.ge(0).all().item<bool>() && labels.lt(classes).all().item<bool>());
  expect(fits, metric, "labels that are classes of the predictions, from 0", prediction);
  const at::Tensor cells = labels.mul(classes).add(scores.argmax(1));
  return at::bincount(cells, {}, classes * classes).reshape({classes, classes});
}

double ratio(double part, double whole) { return whole > 0.0 ? part / whole : 0.0; }
double total(const at::Tensor& counts) { return counts.sum().to(at::kDouble).item<double>(); }

Record accuracy_of(const at::Tensor& cells) { return {{"accuracy", ratio(total(cells.diag()), total(cells))}}; }

Record matrix_of(const at::Tensor& cells) {
  Value::List rows;
  for (const at::Tensor& row : cells.unbind(0)) {
    Value::List numbers;
    for (const at::Tensor& cell : row.unbind(0)) numbers.emplace_back(cell.item<std::int64_t>());
    rows.emplace_back(std::move(numbers));
  }
  return {{"confusion_matrix", std::move(rows)}};
}

/// [sum of the cross entropy, positions]
at::Tensor cross_entropy_sums(const EvalPrediction& prediction) {
  const auto [scores, labels] = positions_of(prediction, "perplexity");
  const at::Tensor log_shares = scores.to(at::kFloat).log_softmax(1).gather(1, labels.unsqueeze(1));
  return at::stack({log_shares.to(at::kDouble).sum().neg(), at::scalar_tensor(labels.numel(), at::kDouble)});
}

Record perplexity_of(const at::Tensor& sums) {
  return {{"perplexity", std::exp(ratio(sums[0].item<double>(), sums[1].item<double>()))}};
}

/// [sum of squares, sum of absolute values, numbers]
at::Tensor error_sums(const EvalPrediction& prediction) {
  const bool fits = prediction.predictions.defined() && prediction.labels.defined() &&
                    prediction.predictions.sizes() == prediction.labels.sizes();
  expect(fits, "regression_errors", "predictions and labels of one shape", prediction);
  const at::Tensor errors = prediction.predictions.to(at::kDouble).sub(prediction.labels.to(at::kDouble));
  return at::stack({errors.square().sum(), errors.abs().sum(), at::scalar_tensor(errors.numel(), at::kDouble)});
}

Record errors_of(const at::Tensor& sums) {
  const double numbers = sums[2].item<double>();
  return {{"mse", ratio(sums[0].item<double>(), numbers)}, {"mae", ratio(sums[1].item<double>(), numbers)}};
}

struct Scores {
  double precision = 0.0, recall = 0.0, f1 = 0.0;

  Scores(double right, double predicted, double occurring)
      : precision(ratio(right, predicted)),
        recall(ratio(right, occurring)),
        f1(ratio(2 * right, predicted + occurring)) {}
  void add(const Scores& other, double weight) {
    precision += weight * other.precision;
    recall += weight * other.recall;
    f1 += weight * other.f1;
  }
  Record record() const { return {{"precision", precision}, {"recall", recall}, {"f1", f1}}; }
};

Record scores_of(const at::Tensor& cells, Average average) {
  if (average == Average::kMicro) return Scores(total(cells.diag()), total(cells), total(cells)).record();
  std::vector<Scores> classes;
  std::vector<double> weights;
  for (std::int64_t i = 0; i < cells.size(0); ++i) {
    const double occurring = total(cells[i]);
    const double predicted = total(cells.select(1, i));
    classes.emplace_back(total(cells[i][i]), predicted, occurring);
    weights.push_back(average == Average::kWeighted ? occurring : (occurring + predicted > 0.0 ? 1.0 : 0.0));
  }
  if (average == Average::kBinary) return classes.at(1).record();
  double all = 0.0;
  for (const double weight : weights) all += weight;
  Scores mean(0, 0, 0);
  for (std::size_t i = 0; i < classes.size(); ++i) mean.add(classes[i], ratio(weights[i], all));
  return mean.record();
}

}  // namespace

Record SummedMetric::operator()(const EvalPrediction& prediction) {
  at::Tensor sums = sums_(prediction);
  if (so_far_.defined()) sums = so_far_.add(sums);
  so_far_ = prediction.compute_result ? at::Tensor() : sums;
  return prediction.compute_result ? result_(sums) : Record();
}

const SummedMetric accuracy([](const EvalPrediction& p) { return confusions(p, "accuracy"); }, accuracy_of);
const SummedMetric confusion_matrix([](const EvalPrediction& p) { return confusions(p, "confusion_matrix"); },
                                    matrix_of);
const SummedMetric perplexity(cross_entropy_sums, perplexity_of);
const SummedMetric regression_errors(error_sums, errors_of);

SummedMetric f1(Average average) {
  return {[average](const EvalPrediction& prediction) {
            at::Tensor cells = confusions(prediction, "f1");
            expect(average != Average::kBinary || cells.size(0) == 2, "f1", "two classes for Average::kBinary",
                   prediction);
            return cells;
          },
          [average](const at::Tensor& cells) { return scores_of(cells, average); }};
}

MetricsFunction all_of(std::vector<MetricsFunction> metrics) {
  return [metrics = std::move(metrics)](const EvalPrediction& prediction) {
    Record all;
    for (const MetricsFunction& metric : metrics) all.merge(metric(prediction));
    return all;
  };
}

}  // namespace baton
