#include "src/core/best_model.h"

#include <limits>

#include "baton/core/errors.h"

namespace baton {

double watched_value(const ResolvedArguments& args, const Record& metrics) {
  const std::string key = args.watched_metric();
  if (const Value* value = metrics.find(key); value && value->is_number()) return value->number();
  std::string available;
  for (const auto& [name, value] : metrics) available += (available.empty() ? "" : ", ") + name;
  throw MissingMetricError("metric_for_best_model is '" + key +
                           "', which the evaluation did not return as a number; it returned: " + available);
}

bool update_best(const ResolvedArguments& args, double value, TrainerState& state) {
  if (!state.best_metric) {
    const double infinity = std::numeric_limits<double>::infinity();
    state.best_metric = args.greater_is_better ? -infinity : infinity;
  }
  const bool better = args.greater_is_better ? value > *state.best_metric : value < *state.best_metric;
  if (!better) return false;
  state.best_metric = value;
  if (args.save_strategy != SaveStrategy::kNo || args.load_best_model_at_end)
    state.best_global_step = state.global_step;
  return true;
}

}  // namespace baton
