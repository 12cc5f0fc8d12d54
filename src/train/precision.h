// What the arguments about number formats mean on a device.
#pragma once

#include <optional>

#include <ATen/core/Tensor.h>

#include "baton/core/arguments.h"

namespace baton::train {

struct Precision {
  std::optional<at::ScalarType> autocast;   ///< of training and evaluation steps
  std::optional<at::ScalarType> full_eval;  ///< weights of evaluations that are no part of a training
  bool scales_loss = false;
};

/// Throws ConfigError for what the device cannot do: mixed precision in float16, and TF32, need a GPU.
Precision precision_of(const ResolvedArguments& args, at::Device device);

/// For the whole process.
void allow_tf32(bool allowed);

/// Gives memory that LibTorch keeps for later back to the device. Nothing on the host.
void empty_device_cache(at::Device device);

}  // namespace baton::train
