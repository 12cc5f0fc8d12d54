// Evaluation and prediction as the loop sees them: run the engine, name the metrics, report them.
#pragma once

#include <string>

#include "src/core/loop_context.h"

namespace baton {

/// Every evaluation set in turn, each with its on_prediction_step, on_log and on_evaluate; the metrics of all of them.
/// Throws ConfigError if there is no evaluation set.
Record evaluate_sets(LoopContext& run, const std::string& prefix);
/// One evaluation of the set or the data that `request` names.
Record evaluate_one(LoopContext& run, const EvalRequest& request, const std::string& prefix);
/// A prediction over the data handed to the engine: on_prediction_step and on_predict, nothing is logged.
Record predict_given(LoopContext& run, const std::string& prefix);

}  // namespace baton
