#include "src/train/backward_pass.h"

#include <ATen/core/grad_mode.h>

#include <cmath>

#include "src/train/gradients.h"

namespace baton::train {

void BackwardPass::run(const at::Tensor& loss) { (options_.scaler ? options_.scaler->scale(loss) : loss).backward(); }

void BackwardPass::clip(double max_norm, Optimizer* folding) {
  const at::NoGradGuard no_grad;
  collect_gradients(parameters_, gradients_);
  if (options_.scaler) options_.scaler->unscale(gradients_);
  norm_ = gradient_norm(gradients_);
  const bool folds = max_norm > 0.0 && options_.fold_clipping && folding != nullptr;
  const bool folded = folds && folding->divide_gradients_by(clip_divisor(norm_, max_norm));
  if (max_norm > 0.0 && !folded) clip_gradients(gradients_, norm_, max_norm);
  gradients_.clear();
}

bool BackwardPass::is_usable() {
  if (options_.scaler) {
    const bool is_finite = host_.scalars({options_.scaler->found_nonfinite()}).front() == 0.0F;
    options_.scaler->update();
    return is_finite;
  }
  return !options_.skip_nonfinite || std::isfinite(host_.scalars({norm_}).front());
}

void BackwardPass::clear() {
  for (const at::Tensor& parameter : parameters_) parameter.mutable_grad().reset();
}

}  // namespace baton::train
