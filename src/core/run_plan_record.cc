#include "src/core/run_plan_record.h"

#include "src/core/argument_values.h"

namespace baton {
namespace {

Record series_record(const StepSeries& series) {
  Value::List runs;
  for (const StepRun& run : series.runs()) {
    runs.push_back(Record{{"first", run.first}, {"every", run.every}, {"count", run.count}});
  }
  return {{"count", series.count()}, {"runs", runs}};
}

Record point_record(const RatePoint& point) { return {{"step", point.step}, {"rate", point.rate}}; }

std::string_view trend_name(RateTrend trend) {
  switch (trend) {
    case RateTrend::kRises:
      return "rises";
    case RateTrend::kFalls:
      return "falls";
    case RateTrend::kStays:
      break;
  }
  return "stays";
}

Record rate_record(const PlannedRun& run) {
  Value::List phases;
  for (const RatePhase& phase : run.rate) {
    phases.push_back(
        Record{{"trend", trend_name(phase.trend)}, {"from", point_record(phase.from)}, {"to", point_record(phase.to)}});
  }
  Value::List quarters;
  for (const RatePoint& point : run.quarters) quarters.push_back(point_record(point));
  return {{"phases", phases}, {"quarters", quarters}};
}

Record run_record(const PlannedRun& run) {
  return {{"last_step", run.last_step},
          {"last_epoch", run.last_epoch},
          {"logs", series_record(run.logs)},
          {"evaluations", series_record(run.evaluations)},
          {"saves", series_record(run.saves)},
          {"checkpoints_left", series_record(run.checkpoints)},
          {"best_folder_left", run.has_best_folder},
          {"ends_with_best", run.ends_with_best},
          {"learning_rate", rate_record(run)}};
}

Record length_record(const RunPlan& plan) {
  return {{"train_samples", plan.train_samples},
          {"samples_per_update", plan.samples_per_update()},
          {"batches_per_epoch", plan.steps.batches_per_epoch},
          {"updates_per_epoch", plan.steps.updates_per_epoch},
          {"max_steps", plan.steps.max_steps},
          {"eval_samples", plan.eval_samples},
          {"eval_batches", plan.eval_batches}};
}

}  // namespace

Record plan_record(const RunPlan& plan) {
  Value::List notices;
  for (const Notice& notice : plan.notices) notices.push_back(Record{{"id", notice.id}, {"text", notice.text}});
  return {{"length", length_record(plan)},
          {"watched_metric", plan.run_without_gain ? Value(plan.args.watched_metric()) : Value(nullptr)},
          {"run", run_record(plan.run)},
          {"run_without_gain", plan.run_without_gain ? Value(run_record(*plan.run_without_gain)) : Value(nullptr)},
          {"notices", notices}};
}

}  // namespace baton
