// Which evaluation is the best so far (hf-contract §11).
#pragma once

#include "baton/core/arguments.h"
#include "baton/core/state.h"

namespace baton {

/// The watched metric among `metrics`. Throws MissingMetricError that names it and what there is instead.
double watched_value(const ResolvedArguments& args, const Record& metrics);

/// Moves state.best_metric, and best_global_step where checkpoints are kept, if `value` is strictly better. True if it
/// was.
bool update_best(const ResolvedArguments& args, double value, TrainerState& state);

}  // namespace baton
