// SGD, with or without momentum.
#pragma once

#include <string_view>
#include <vector>

#include "src/train/optimizers/cohort_optimizer.h"

namespace baton::train {

struct SgdOptions {
  double momentum = 0.0;
  double dampening = 0.0;
  bool nesterov = false;  ///< needs a momentum, and no dampening
};

class Sgd final : public CohortOptimizer {
 public:
  Sgd(std::vector<ParamGroup> param_groups, const SgdOptions& options);

  std::string_view name() const override { return "SGD"; }

 private:
  void update(const Update& update) override;
  at::Tensor initial_slot(std::size_t slot, const at::Tensor& param) const override;
  Record options() const override;
  void set_options(const SavedOptions& saved) override;

  SgdOptions options_;
};

}  // namespace baton::train
