// What an evaluation hands to the metric function, and the metric functions that come with Baton.
#pragma once

#include <functional>

#include <ATen/core/Tensor.h>

#include "baton/core/value.h"

namespace baton {

/// All samples of an evaluation set, in order, on the host.
struct EvalPrediction {
  at::Tensor predictions;
  at::Tensor labels;
};

/// Returns metrics by name, without prefix: {"accuracy": 0.9}.
using MetricsFunction = std::function<Record(const EvalPrediction&)>;

/// {"accuracy": the share of samples whose largest prediction is at their label}. Throws ConfigError unless predictions
/// are [samples, classes] and labels [samples].
Record accuracy(const EvalPrediction& prediction);

}  // namespace baton
