#include "src/train/loss_scaler.h"

#include <ATen/ops/_amp_foreach_non_finite_check_and_unscale.h>
#include <ATen/ops/_amp_update_scale.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <map>
#include <string>

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

Record LossScaler::state() const {
  return {{"scale", scale_.item<double>()},
          {"growth_factor", options_.growth_factor},
          {"backoff_factor", options_.backoff_factor},
          {"growth_interval", options_.growth_interval},
          {"_growth_tracker", updates_since_change_.item<std::int64_t>()}};
}

void LossScaler::load_state(const Record& saved) {
  const auto positive = [&](const char* key) {
    const double number = saved.number(key);
    if (number > 0.0 && std::isfinite(number)) return number;
    throw CheckpointError("The loss scaler cannot go on from the saved state: \"" + std::string(key) +
                          "\" is not a number above 0");
  };
  const Value* tracker = saved.find("_growth_tracker");
  if (!tracker || !tracker->integer())
    throw CheckpointError(
        "The loss scaler cannot go on from the saved state: \"_growth_tracker\" is not a whole number");
  const double scale = positive("scale");
  options_ = {.initial_scale = options_.initial_scale,
              .growth_factor = positive("growth_factor"),
              .backoff_factor = positive("backoff_factor"),
              .growth_interval = static_cast<std::int64_t>(positive("growth_interval"))};
  scale_ = at::full({}, scale, scale_.options());
  updates_since_change_ = at::full({}, *tracker->integer(), updates_since_change_.options());
}

}  // namespace baton::train
