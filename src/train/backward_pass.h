// BackwardPass: from a loss to gradients that an optimizer can use: backward, scaling, norm, clipping.
#pragma once

#include <optional>
#include <vector>

#include "baton/train/optimizer.h"
#include "src/train/host_copy.h"
#include "src/train/loss_scaler.h"

namespace baton::train {

struct BackwardOptions {
  bool fold_clipping = false;          ///< in the optimizer's step, if it can
  bool skip_nonfinite = false;         ///< gradients whose norm is not finite are not to be used
  std::optional<LossScaler> scaler{};  ///< for float16
};

class BackwardPass {
 public:
  BackwardPass(std::vector<at::Tensor> parameters, HostCopy& host, BackwardOptions options)
      : parameters_(std::move(parameters)), host_(host), options_(std::move(options)) {}

  /// Adds the gradients of `loss` to those that are there.
  void run(const at::Tensor& loss);
  /// Once an update: measures, and clips to `max_norm` if that is above 0. May leave the clipping to `folding`, if any.
  void clip(double max_norm, Optimizer* folding);
  /// Once an update, after clip(): false if these gradients are not to be used. Waits for the device only if there is a
  /// scaler, or skip_nonfinite.
  bool is_usable();
  void clear();

  /// Null without one.
  LossScaler* scaler() { return options_.scaler ? &*options_.scaler : nullptr; }

  /// Of the last update, before clipping; undefined before the first.
  const at::Tensor& norm() const { return norm_; }

 private:
  std::vector<at::Tensor> parameters_;
  HostCopy& host_;
  BackwardOptions options_;
  std::vector<at::Tensor> gradients_;  ///< empty but for the duration of a call
  at::Tensor norm_;
};

}  // namespace baton::train
