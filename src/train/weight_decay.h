// Which parameters weight decay applies to: the reference's rule (hf-contract §9), kept exactly so that parameter
// indices in optimizer files agree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "baton/train/optimizer.h"
#include "baton/train/training_module.h"

namespace baton::train {

/// False for names that hold "bias", "layernorm" or "rmsnorm", or have a part "norm" or one that ends in "_norm"; upper
/// and lower case are the same.
bool name_decays(std::string_view parameter);

/// The trainable parameters, first those that decay, then those that do not: parameters of LayerNorm modules and names
/// as above.
std::vector<ParamGroup> decay_groups(TrainingModule& model, double weight_decay);

}  // namespace baton::train
