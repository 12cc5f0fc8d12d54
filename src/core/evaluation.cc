#include "src/core/evaluation.h"

#include "baton/core/errors.h"
#include "baton/core/step_plan.h"
#include "src/core/stopping.h"

namespace baton {
namespace {

/// The loss first, then the user's metrics with the prefix unless they bear it, then how fast it went.
Record named_metrics(const EvalResult& result, const std::string& prefix) {
  Record metrics;
  if (result.loss) metrics.set(prefix + "_loss", *result.loss);
  for (const auto& [key, value] : result.metrics) {
    metrics.set(key.rfind(prefix + "_", 0) == 0 ? key : prefix + "_" + key, value);
  }
  return metrics;
}

Record measure(LoopContext& run, EvalRequest request, const std::string& prefix) {
  request.within_training = run.is_training;
  const std::int64_t start = run.parts.clock.now_ns();
  const EvalResult result =
      run.engine().evaluate(request, run.args.logging_nan_inf_filter, [&](std::optional<std::int64_t> batches) {
        run.lap(Phase::kEvaluate);
        run.handler.on_prediction_step(batches);
        if (!run.is_training) stop_outside_training(run);
      });
  run.lap(Phase::kEvaluate);
  Record metrics = named_metrics(result, prefix);
  const std::int64_t total_batch = run.engine().eval_batch_size() * run.engine().rank().world_size;
  const std::int64_t steps = batch_count(result.samples, total_batch, false);
  metrics.merge(speed_metrics(prefix, run.seconds_since(start),
                              {static_cast<double>(result.samples), static_cast<double>(steps), std::nullopt}));
  return metrics;
}

}  // namespace

Record evaluate_one(LoopContext& run, const EvalRequest& request, const std::string& prefix) {
  Record metrics = measure(run, request, prefix);
  log_record(run, metrics);
  run.handler.on_evaluate(metrics);
  return metrics;
}

Record evaluate_sets(LoopContext& run, const std::string& prefix) {
  const std::vector<std::string> sets = run.engine().eval_sets();
  if (sets.empty())
    throw ConfigError("An evaluation was asked for, but there is no eval_dataset; expected at least one");
  Record all;
  for (const std::string& set : sets) {
    all.merge(evaluate_one(run, {.set = set}, set.empty() ? prefix : prefix + "_" + set));
  }
  return all;
}

Record predict_given(LoopContext& run, const std::string& prefix) {
  Record metrics = measure(run, {.data = EvalRequest::Data::kGiven, .predict = true}, prefix);
  run.handler.on_predict(metrics);
  return metrics;
}

}  // namespace baton
