// Adagrad.
#pragma once

#include <string_view>
#include <vector>

#include "src/train/optimizers/cohort_optimizer.h"

namespace baton::train {

struct AdagradOptions {
  double lr_decay = 0.0;  ///< after n steps the rate is divided by 1 + n * lr_decay
  double epsilon = 1e-10;
};

class Adagrad final : public CohortOptimizer {
 public:
  Adagrad(std::vector<ParamGroup> param_groups, const AdagradOptions& options);

  std::string_view name() const override { return "Adagrad"; }

 private:
  void update(const Update& update) override;
  Record options() const override;
  void set_options(const SavedOptions& saved) override;

  AdagradOptions options_;
};

}  // namespace baton::train
