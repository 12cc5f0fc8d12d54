// RunPlan: what a run will do and when, found before its first step by playing the very loop that trains on the dry
// engine. Nothing is worked out a second time here; what is printed of it: src/core/run_plan_text.h and
// run_plan_record.h.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "baton/core/arguments.h"
#include "baton/core/callback_handler.h"
#include "baton/core/notice.h"
#include "baton/core/step_plan.h"
#include "src/core/rate_outline.h"
#include "src/core/step_series.h"

namespace baton {

/// A run to plan: one process, from its first update on.
struct PlanRequest {
  ResolvedArguments args;
  std::int64_t train_samples = 0;
  std::int64_t eval_samples = 0;              ///< 0: there is nothing to evaluate on
  std::function<CallbackList()> callbacks{};  ///< what the program adds to the default flow, made anew for each play
};

/// One play of the run.
struct PlannedRun {
  std::int64_t last_step = 0;
  double last_epoch = 0.0;
  StepSeries logs;  ///< of the training loss
  StepSeries evaluations;
  StepSeries saves;
  StepSeries checkpoints;           ///< those that are left at the end
  bool has_best_folder = false;     ///< the best weights are in a folder of their own (D4)
  bool ends_with_best = false;      ///< the best weights are loaded at the end
  std::vector<RatePhase> rate;      ///< as it was used for the updates
  std::vector<RatePoint> quarters;  ///< of the planned updates, if there are four or more
  bool rate_follows_metric = false;
};

struct RunPlan {
  ResolvedArguments args;
  std::int64_t train_samples = 0;
  std::int64_t eval_samples = 0;
  std::int64_t eval_batches = 0;
  StepPlan steps;
  /// Nobody knows the metrics yet. This is the run in which every evaluation is better than all before it.
  PlannedRun run;
  /// The other extreme, no evaluation better than the first; only where the run watches a metric.
  std::optional<PlannedRun> run_without_gain;
  std::vector<Notice> notices;  ///< the loop's own, then what stands out in the plan

  /// Of a full window.
  std::int64_t samples_per_update() const;
};

/// The longest run that is planned, in training batches: minutes of work.
inline constexpr std::int64_t kLongestPlan = 1'000'000'000;

/// Throws ConfigError for arguments that do not fit the data, as the run itself would, and for a run of more than
/// kLongestPlan batches.
RunPlan plan_run(const PlanRequest& request);

/// What a person should know about a plan, beyond what it says anyway. `plan.notices` are left alone.
std::vector<Notice> notices_about(const RunPlan& plan);

}  // namespace baton
