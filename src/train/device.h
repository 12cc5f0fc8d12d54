// Where a process trains: the one place that decides it. And how batches get there.
#pragma once

#include <c10/core/Device.h>

#include "baton/core/engine.h"
#include "baton/train/batch.h"

namespace baton::train {

/// The CUDA device of this local rank if this build of LibTorch has one, else the CPU.
at::Device training_device(const RankInfo& rank);

/// Throws OutOfMemoryError, or Error, with the shapes of a batch for which LibTorch cannot do it.
void move_to_device(AnyBatch& batch, at::Device device);

}  // namespace baton::train
