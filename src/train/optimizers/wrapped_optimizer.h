// WrappedOptimizer: an optimizer of LibTorch's C++ interface as Baton's.
#pragma once

#include <torch/optim/optimizer.h>

#include <memory>
#include <string>
#include <string_view>

#include "baton/train/optimizer.h"

namespace baton::train {

class WrappedOptimizer final : public Optimizer {
 public:
  /// `optimizer` has been checked as wrap_optimizer() says.
  explicit WrappedOptimizer(std::unique_ptr<torch::optim::Optimizer> optimizer);

  std::string_view name() const override { return name_; }
  void step() override;
  OptimizerState state() const override;
  void load_state(const OptimizerState& saved) override;

 private:
  void read_options();
  void write_options() const;

  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  std::string name_;
};

}  // namespace baton::train
