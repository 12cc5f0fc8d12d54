// WeightsCast: a model with its numbers in another format, for an evaluation in half precision.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "baton/train/training_module.h"

namespace baton::train {

/// The model's own numbers come back, bit by bit, when it ends; meanwhile both take memory.
class WeightsCast {
 public:
  /// Casts parameters and buffers of a floating-point type; without a type nothing happens.
  WeightsCast(const TrainingModule& model, std::optional<at::ScalarType> type);
  ~WeightsCast();
  WeightsCast(const WeightsCast&) = delete;
  WeightsCast& operator=(const WeightsCast&) = delete;

 private:
  std::vector<std::pair<at::Tensor, at::Tensor>> cast_;  ///< the tensor, and what it was
};

}  // namespace baton::train
