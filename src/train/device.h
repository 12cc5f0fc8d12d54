// Where a process trains: the one place that decides it.
#pragma once

#include <c10/core/Device.h>

#include "baton/core/engine.h"

namespace baton::train {

/// The CUDA device of this local rank if this build of LibTorch has one, else the CPU.
at::Device training_device(const RankInfo& rank);

}  // namespace baton::train
