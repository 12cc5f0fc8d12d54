// Adafactor as the reference's Trainer configures its own: the schedule's rate, no relative steps, no scaling by the
// parameter, no first moment.
#pragma once

#include <string_view>
#include <vector>

#include "src/train/optimizers/cohort_optimizer.h"

namespace baton::train {

class Adafactor final : public CohortOptimizer {
 public:
  explicit Adafactor(std::vector<ParamGroup> param_groups);

  std::string_view name() const override { return "Adafactor"; }

 private:
  void update(const Update& update) override;
  at::Tensor initial_slot(std::size_t slot, const at::Tensor& param) const override;
  Record options() const override;
  void set_options(const SavedOptions& saved) override;
};

}  // namespace baton::train
