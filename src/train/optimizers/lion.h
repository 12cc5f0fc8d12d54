// Lion: the reference's lion_32bit, which is bitsandbytes' Lion with a state in single precision.
#pragma once

#include <string_view>
#include <vector>

#include "src/train/optimizers/cohort_optimizer.h"

namespace baton::train {

struct LionOptions {
  double beta1 = 0.9;
  double beta2 = 0.99;
};

class Lion final : public CohortOptimizer {
 public:
  Lion(std::vector<ParamGroup> param_groups, const LionOptions& options);

  std::string_view name() const override { return "Lion"; }

 private:
  void update(const Update& update) override;
  at::Tensor initial_slot(std::size_t slot, const at::Tensor& param) const override;
  Record options() const override;
  void set_options(const SavedOptions& saved) override;

  LionOptions options_;
};

}  // namespace baton::train
