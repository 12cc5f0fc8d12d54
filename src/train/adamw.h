// AdamW over ATen's own kernels, without a host synchronisation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "baton/train/optimizer.h"

namespace baton::train {

struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  bool fused = true;  ///< one kernel for all parameters; else operation by operation, in the order of Python's
                      ///< adamw_torch on the CPU
};

class AdamW final : public Optimizer {
 public:
  AdamW(std::vector<ParamGroup> groups, const AdamWOptions& options);

  std::string_view name() const override { return "AdamW"; }
  void step() override;

 private:
  /// Parameters of one group and dtype that have made the same number of steps. They share one step tensor, which makes
  /// the fused kernel several times faster on small models. Splits when only some of them have a gradient.
  struct Cohort {
    std::size_t group = 0;
    std::int64_t steps = 0;
    std::vector<at::Tensor> params;
    std::vector<at::Tensor> exp_avgs;  ///< this and the next two are empty until the first step
    std::vector<at::Tensor> exp_avg_sqs;
    std::vector<at::Tensor> step_tensors;  ///< the same one for each parameter
  };
  Cohort& cohort_of(std::size_t group, const at::Tensor& param);
  static Cohort split_off_idle(Cohort& cohort);
  static void make_state(Cohort& cohort);
  void step_fused(Cohort& cohort, const std::vector<at::Tensor>& gradients);
  void step_plain(Cohort& cohort, const std::vector<at::Tensor>& gradients);

  AdamWOptions options_;
  std::vector<Cohort> cohorts_;
};

}  // namespace baton::train
