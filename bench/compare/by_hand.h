// Loops as one writes them by hand on LibTorch: shuffled batches, clipping, AdamW with two groups, a linear schedule, a
// mean loss printed now and then.
#pragma once

#include "bench/compare/workload.h"

namespace compare {

/// With what LibTorch's C++ API offers: torch::optim::AdamW and clip_grad_norm_.
StepTimer train_with_torch_optim(const Workload& workload);
/// The careful one: fused kernels, clipping without waiting for its norm, one step tensor for all parameters.
StepTimer train_with_fused_kernels(const Workload& workload);

}  // namespace compare
