// Optimizer: what turns gradients into an update. Callbacks reach the one in use through baton::optimizer(event).
// Ready-made ones: baton/train/optimizers.h.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "baton/train/optimizer_state.h"

namespace baton {

/// Parameters that share their options.
struct ParamGroup {
  std::vector<at::Tensor> params;
  double learning_rate = 0.0;  ///< of the next step; before the first one: where the schedule starts, 0 for the
                               ///< learning_rate of the arguments
  double weight_decay = 0.0;
  double lr_factor = 1.0;  ///< before each step learning_rate becomes the schedule's rate times this
};

/// Not thread-safe.
class Optimizer {
 public:
  explicit Optimizer(std::vector<ParamGroup> groups) : groups_(std::move(groups)) {}
  virtual ~Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// "AdamW" and so on.
  virtual std::string_view name() const = 0;
  /// One update of every parameter that has a gradient; the others are left alone. Does not wait for the device.
  virtual void step() = 0;

  /// Asks the next step() to divide all gradients by `divisor`, a float scalar on their device, without a pass of its
  /// own. False, and nothing changes, if this optimizer cannot.
  virtual bool divide_gradients_by(const at::Tensor& /*divisor*/) { return false; }

  /// Everything that later steps depend on, parameters and gradients aside. The tensors may be the optimizer's own:
  /// copy them where they have to outlive the next step.
  virtual OptimizerState state() const = 0;
  /// Goes on from `state`, as Python's load_state_dict() does: memory and options, `lr` and `weight_decay` of the
  /// groups included. Tensors are copied, and converted to the device and type of their parameters. Throws
  /// CheckpointError, and changes nothing then, if the state is of another optimizer or of other parameters.
  virtual void load_state(const OptimizerState& state) = 0;

  /// Options may be changed between steps; the lists of parameters may not.
  std::vector<ParamGroup>& groups() { return groups_; }
  const std::vector<ParamGroup>& groups() const { return groups_; }

 private:
  std::vector<ParamGroup> groups_;
};

}  // namespace baton
