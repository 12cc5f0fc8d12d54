#include "baton/train/metrics.h"

#include <ATen/ops/argmax.h>
#include <ATen/ops/eq.h>

#include <sstream>

#include "baton/core/errors.h"

namespace baton {

Record accuracy(const EvalPrediction& prediction) {
  const auto& [predictions, labels] = prediction;
  const bool fits = predictions.defined() && labels.defined() && predictions.dim() == 2 && labels.dim() == 1 &&
                    predictions.size(0) == labels.size(0);
  if (!fits) {
    std::ostringstream message;
    message << "accuracy: expected predictions [samples, classes] and labels [samples]";
    if (predictions.defined()) message << ", found predictions " << predictions.sizes();
    if (labels.defined()) message << ", labels " << labels.sizes();
    throw ConfigError(message.str());
  }
  const auto right = predictions.argmax(1).eq(labels).sum().item<std::int64_t>();
  return {{"accuracy", static_cast<double>(right) / static_cast<double>(labels.size(0))}};
}

}  // namespace baton
