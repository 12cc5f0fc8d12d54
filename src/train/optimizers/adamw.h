// AdamW: Python's adamw_torch_fused and adamw_torch.
#pragma once

#include <string_view>
#include <vector>

#include "src/train/optimizers/cohort_optimizer.h"

namespace baton::train {

struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  bool fused = true;  ///< one kernel for all parameters; not a matter of saved states
};

class AdamW final : public CohortOptimizer {
 public:
  AdamW(std::vector<ParamGroup> param_groups, const AdamWOptions& options);

  std::string_view name() const override { return "AdamW"; }
  void step() override;
  /// The fused kernel can.
  bool divide_gradients_by(const at::Tensor& divisor) override;

 private:
  void update(const Update& update) override;
  Record options() const override;
  void set_options(const SavedOptions& saved) override;

  void update_fused(const Update& update);
  void update_plainly(const Update& update) const;
  at::TensorList step_tensors(const Update& update);

  AdamWOptions options_;
  at::Tensor gradient_divisor_;           ///< of the next step; undefined: none
  std::vector<at::Tensor> step_tensors_;  ///< the same one again and again
};

}  // namespace baton::train
