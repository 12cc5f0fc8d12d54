// The norm of all gradients and clipping to it, as torch.nn.utils.clip_grad_norm_ does it in Python, to the bit, and
// without a host synchronisation (LibTorch's own C++ version has one).
#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

namespace baton::train {

/// The gradients of those parameters that have one, in a vector that keeps its memory from step to step.
void collect_gradients(const std::vector<at::Tensor>& parameters, std::vector<at::Tensor>& gradients);
/// The 2-norm over all of them, a scalar on their device; 0 if there are none.
at::Tensor gradient_norm(const std::vector<at::Tensor>& gradients);
/// What to divide gradients of that norm by to clip them to `max_norm`, as a float scalar on their device.
at::Tensor clip_divisor(const at::Tensor& norm, double max_norm);
/// Scales `gradients`, whose norm is `norm`, down to `max_norm` if they are above.
void clip_gradients(const std::vector<at::Tensor>& gradients, const at::Tensor& norm, double max_norm);

}  // namespace baton::train
