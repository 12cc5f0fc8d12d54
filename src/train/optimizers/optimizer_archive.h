// The state of LibTorch's C++ optimizers, by way of their own archives: they have no other way to hand it out.
#pragma once

#include <torch/optim/optimizer.h>

#include "baton/train/optimizer_state.h"

namespace baton::train {

/// Through optimizer.save(). Throws Error if that writes nothing, or something else than LibTorch's optimizers do.
OptimizerState archived_state(const torch::optim::Optimizer& optimizer);

/// Through optimizer.load(). `saved` must have as many groups and parameters as the optimizer. Throws CheckpointError,
/// and changes nothing, if an option is missing or of another type; what load() itself throws passes.
void load_archived_state(torch::optim::Optimizer& optimizer, const OptimizerState& saved, std::string_view name);

}  // namespace baton::train
