// What an evaluation hands to the metric function, and the metric functions that come with Baton.
#pragma once

#include <functional>
#include <vector>

#include <ATen/core/Tensor.h>

#include "baton/core/value.h"

namespace baton {

/// The samples of an evaluation set, in order, on the host: all of them, or with batch_eval_metrics those of one batch.
/// Where batches differ in their second dimension, the shorter ones are filled up with -100, as in the reference.
struct EvalPrediction {
  at::Tensor predictions;
  at::Tensor labels;
  at::Tensor inputs = {};      ///< with include_for_metrics=inputs; what AnyBatch::inputs() is
  at::Tensor losses = {};      ///< with include_for_metrics=loss: [samples], for each the mean loss of its batch
  bool compute_result = true;  ///< false for all but the last batch with batch_eval_metrics: sum up, return nothing
};

/// Returns metrics by name, without prefix: {"accuracy": 0.9}. Every evaluation works on a copy of its own, so what a
/// function object sums up over the batches of one begins anew with the next.
using MetricsFunction = std::function<Record(const EvalPrediction&)>;

/// A metric that follows from sums over the samples. Those here are all of this kind, which makes them the same with
/// and without batch_eval_metrics.
class SummedMetric {
 public:
  /// One tensor of any shape that is the same for every part of a set, and adds up.
  using Sums = std::function<at::Tensor(const EvalPrediction&)>;
  using Result = std::function<Record(const at::Tensor& sums)>;

  SummedMetric(Sums sums, Result result) : sums_(std::move(sums)), result_(std::move(result)) {}

  /// Not const because of what it sums up: `auto metric = baton::accuracy; metric(prediction)`.
  Record operator()(const EvalPrediction& prediction);

 private:
  Sums sums_;
  Result result_;
  at::Tensor so_far_;  ///< between the batches of one evaluation
};

// Classes are told by predictions [samples, classes, ...] and labels [samples, ...], positions by the same shapes with
// more dimensions between; the last dimension of the predictions counts the classes and their largest value decides.
// Positions whose label is -100 do not count. All throw ConfigError if the shapes do not fit.

/// {"accuracy": the share of positions predicted right}
extern const SummedMetric accuracy;
/// {"confusion_matrix": [[...]]}: a row a true class, a column a predicted one, in numbers of positions.
extern const SummedMetric confusion_matrix;
/// {"perplexity": exp of the mean cross entropy}. Predictions are logits that stand over the label they predict; shift
/// them in the model's evaluation step if they do not.
extern const SummedMetric perplexity;
/// {"mse": the mean squared error, "mae": the mean absolute one} of predictions and labels of one shape.
extern const SummedMetric regression_errors;

enum class Average {
  kBinary,    ///< of class 1; there have to be two classes
  kMicro,     ///< over all positions
  kMacro,     ///< the mean over the classes that occur
  kWeighted,  ///< that mean, weighted by how often a class is true
};
/// {"precision", "recall", "f1"}; 0 where there is nothing to divide by, as in scikit-learn.
SummedMetric f1(Average average = Average::kMacro);

/// The metrics of all of them.
MetricsFunction all_of(std::vector<MetricsFunction> metrics);

}  // namespace baton
