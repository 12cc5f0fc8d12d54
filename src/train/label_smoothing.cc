#include "baton/train/label_smoothing.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/log_softmax.h>

namespace baton {

at::Tensor label_smoothed_loss(const at::Tensor& logits, const at::Tensor& labels, double factor) {
  constexpr std::int64_t kIgnored = -100;
  const bool is_half = logits.scalar_type() == at::kHalf || logits.scalar_type() == at::kBFloat16;
  const at::Tensor negative_log = at::log_softmax(is_half ? logits.to(at::kFloat) : logits, -1).neg();
  const at::Tensor classes = labels.unsqueeze(-1);
  const at::Tensor ignored = classes.eq(kIgnored);
  const at::Tensor of_label = negative_log.gather(-1, classes.clamp_min(0)).masked_fill(ignored, 0.0);
  const at::Tensor of_all = negative_log.sum(-1, /*keepdim=*/true, at::kFloat).masked_fill(ignored, 0.0);
  const at::Tensor counted = ignored.logical_not().sum();
  const at::Tensor hard = of_label.sum() / counted;
  const at::Tensor spread = of_all.sum() / (counted * negative_log.size(-1));
  return hard * (1.0 - factor) + spread * factor;
}

}  // namespace baton
