#include "src/train/loss_scaler.h"

#include <ATen/ops/_amp_foreach_non_finite_check_and_unscale.h>
#include <ATen/ops/_amp_update_scale.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <map>

#include "baton/core/errors.h"

namespace baton::train {

LossScaler::LossScaler(at::Device device, const LossScalerOptions& options)
    : options_(options),
      scale_(at::full({}, options.initial_scale, at::TensorOptions(device).dtype(at::kFloat))),
      updates_since_change_(at::zeros({}, at::TensorOptions(device).dtype(at::kInt))),
      found_nonfinite_(at::zeros({}, at::TensorOptions(device).dtype(at::kFloat))) {}

void LossScaler::unscale(const std::vector<at::Tensor>& gradients) {
  found_nonfinite_.zero_();
  const at::Tensor inverse = scale_.to(at::kDouble).reciprocal().to(at::kFloat);
  std::map<at::ScalarType, std::vector<at::Tensor>> by_type;  // what the kernel takes at once
  for (const at::Tensor& gradient : gradients) by_type[gradient.scalar_type()].push_back(gradient);
  if (by_type.contains(at::kHalf))
    throw ConfigError("--fp16 trains weights in float32 or bfloat16: a gradient is in float16, expected another type");
  for (const auto& [type, of_type] : by_type)
    at::_amp_foreach_non_finite_check_and_unscale_(of_type, found_nonfinite_, inverse);
}

void LossScaler::update() {
  at::_amp_update_scale_(scale_, updates_since_change_, found_nonfinite_, options_.growth_factor,
                         options_.backoff_factor, options_.growth_interval);
}

}  // namespace baton::train
