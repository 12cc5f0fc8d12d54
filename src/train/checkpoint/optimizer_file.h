// optimizer.pt: an OptimizerState as the state_dict() of Python's optimizers.
#pragma once

#include <string>

#include "baton/train/optimizer_state.h"
#include "src/formats/pt.h"

namespace baton::train {

/// Throws CheckpointError if a tensor has a dtype that the format lacks.
pt::Value optimizer_to_pt(const OptimizerState& state);
/// The tensors look into those of `value`. Throws CheckpointError that begins with `where` for another layout.
OptimizerState optimizer_from_pt(const pt::Value& value, const std::string& where);

}  // namespace baton::train
