// RMSprop.
#pragma once

#include <string_view>
#include <vector>

#include "src/train/optimizers/cohort_optimizer.h"

namespace baton::train {

struct RmspropOptions {
  double momentum = 0.0;
  double alpha = 0.99;  ///< decay of the mean of squared gradients
  double epsilon = 1e-8;
  bool centered = false;  ///< divide by an estimate of the variance instead
};

class Rmsprop final : public CohortOptimizer {
 public:
  Rmsprop(std::vector<ParamGroup> param_groups, const RmspropOptions& options);

  std::string_view name() const override { return "RMSprop"; }

 private:
  void update(const Update& update) override;
  at::Tensor initial_slot(std::size_t slot, const at::Tensor& param) const override;
  Record options() const override;
  void set_options(const SavedOptions& saved) override;

  std::vector<at::Tensor> divisors(const Update& update, at::TensorList gradients) const;

  RmspropOptions options_;
};

}  // namespace baton::train
