// LossScaler: keeps gradients in float16 from vanishing, as Python's torch.amp.GradScaler. The loss is multiplied by a
// scale, gradients are divided by it before anybody looks at them, and an update whose gradients are not finite is left
// out; the scale is halved then, and doubled after every 2000 updates in a row that were fine.
#pragma once

#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

#include "baton/core/value.h"

namespace baton::train {

struct LossScalerOptions {
  double initial_scale = 65536.0;
  double growth_factor = 2.0;
  double backoff_factor = 0.5;
  std::int64_t growth_interval = 2000;  ///< updates
};

/// Plain tensor operations on one device; nothing waits for it.
class LossScaler {
 public:
  explicit LossScaler(at::Device device, const LossScalerOptions& options = {});

  at::Tensor scale(const at::Tensor& loss) const { return loss * scale_; }
  /// Once an update, before clipping. Throws ConfigError for gradients in float16, whose range is the problem.
  void unscale(const std::vector<at::Tensor>& gradients);
  /// Above 0 if a gradient of the last unscale() was not finite: the update is to be left out.
  const at::Tensor& found_nonfinite() const { return found_nonfinite_; }
  /// Once an update, after it was made or left out.
  void update();

  const at::Tensor& current() const { return scale_; }

  /// Python's state_dict(). Waits for the device.
  Record state() const;
  /// Goes on from there, options included. Throws CheckpointError, and changes nothing then.
  void load_state(const Record& saved);

 private:
  LossScalerOptions options_;
  at::Tensor scale_;
  at::Tensor updates_since_change_;
  at::Tensor found_nonfinite_;
};

}  // namespace baton::train
