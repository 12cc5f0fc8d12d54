// What the arguments change about the model itself.
#pragma once

#include "baton/core/arguments.h"
#include "baton/train/training_module.h"

namespace baton::train {

/// channels_last, gradient_checkpointing, neftune_noise_alpha, label_smoothing_factor; what an earlier trainer switched
/// on is off again where these arguments do not have it. Throws ConfigError for an argument that the model has no part
/// for.
void apply_model_options(TrainingModule& model, const ResolvedArguments& args);

}  // namespace baton::train
