// GradientCheckpointing: parts of a model whose inner activations are computed again in the backward pass instead of
// being kept, which `gradient_checkpointing` switches on. Less memory, about a third more time, the same numbers.
//
//   struct Net : torch::nn::Module, baton::GradientCheckpointing {
//     torch::Tensor forward(torch::Tensor x) {
//       for (auto& block : blocks) x = checkpointed([&](const torch::Tensor& in) { return block->forward(in); }, x);
//       return head(x);
//     }
//   };
#pragma once

#include <functional>

#include <ATen/core/Tensor.h>

namespace baton {

/// A base beside torch::nn::Module.
class GradientCheckpointing {
 public:
  using Part = std::function<at::Tensor(const at::Tensor&)>;

  virtual ~GradientCheckpointing() = default;
  /// A Trainer calls it on every module that has this base.
  void enable_gradient_checkpointing(bool on) { is_on_ = on; }

 protected:
  /// part(input). Switched on, and where gradients are wanted, `part` runs again in the backward pass, with the random
  /// numbers and the autocast of the first time; what it refers to must still be there and be the same then. Buffers
  /// that it changes, such as running means, change twice.
  at::Tensor checkpointed(const Part& part, const at::Tensor& input) const;

 private:
  bool is_on_ = false;
};

}  // namespace baton
