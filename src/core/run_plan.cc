#include "src/core/run_plan.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "baton/core/default_flow.h"
#include "baton/core/errors.h"
#include "baton/core/lr_schedule.h"
#include "baton/core/train_loop.h"
#include "src/core/dry_engine.h"
#include "src/core/name_store.h"
#include "src/core/number_words.h"

namespace baton {
namespace {

enum class Evaluations { kAlwaysBetter, kNeverBetter };

/// Rates closer than this share of the base rate are equal: far above what rounding does to a formula, far below what
/// a schedule of a hundred million updates changes in one.
constexpr double kSmallestChange = 1e-15;

/// The gain from one evaluation to the next: larger than any threshold of early stopping or of a schedule.
constexpr double kGain = 1e9;

/// Time stands still in a plan.
class StoppedClock final : public Clock {
 public:
  std::int64_t now_ns() override { return 0; }
};

class NoticeList final : public NoticeSink {
 public:
  void notice(const Notice& notice) override { all.push_back(notice); }

  std::vector<Notice> all;
};

/// There are no weights to come back to.
class PlanEngine final : public DryEngine {
 public:
  using DryEngine::DryEngine;
  void load_model(const std::filesystem::path&) override {}
};

/// Invents the watched metric and notes what happens when.
class Recorder final : public TrainerCallback {
 public:
  Recorder(PlannedRun& run, const ResolvedArguments& args, Evaluations evaluations)
      : run_(run),
        watched_(args.watched_metric()),
        gain_(args.greater_is_better == (evaluations == Evaluations::kAlwaysBetter) ? kGain : -kGain),
        rate_(args.learning_rate * kSmallestChange) {}

  void on_train_begin(TrainEvent& event) override {
    scheduler_ = &event.objects.get<LrScheduler>(ObjectKind::kLrScheduler);
    const std::int64_t updates = event.state.max_steps;
    if (updates >= 4) quarters_ = {(updates + 3) / 4, (updates + 1) / 2, (3 * updates + 3) / 4};
  }

  void on_optimizer_step(StepEvent& event) override {
    const RatePoint point{event.state.global_step + 1, scheduler_->learning_rate()};
    rate_.add(point);
    if (run_.quarters.size() < quarters_.size() && point.step == quarters_[run_.quarters.size()]) {
      run_.quarters.push_back(point);
    }
  }

  void on_log(LogEvent& event) override {
    if (event.logs.contains("loss")) run_.logs.add(event.state.global_step);
  }

  void on_evaluate(EvaluateEvent& event) override {
    run_.evaluations.add(event.state.global_step);
    if (!watched_.empty()) event.metrics.set(watched_, metric_ += gain_);
  }

  void on_save(SaveEvent& event) override { run_.saves.add(event.step); }

  void on_train_end(TrainEvent& event) override {
    run_.last_step = event.state.global_step;
    run_.last_epoch = event.state.epoch;
    run_.rate = rate_.phases();
    run_.rate_follows_metric = scheduler_->is_metric_driven();
  }

 private:
  PlannedRun& run_;
  std::string watched_;
  double gain_;
  double metric_ = 0.0;
  RateOutline rate_;
  const LrScheduler* scheduler_ = nullptr;
  std::vector<std::int64_t> quarters_;
};

/// One evaluation batch stands for all: how many there are changes nothing that is planned.
DryScript script_for(const PlanRequest& request) {
  DryScript script{.train_samples = request.train_samples,
                   .train_batch_size = request.args.per_device_train_batch_size,
                   .eval_batch_size = request.args.per_device_eval_batch_size,
                   .drop_last = request.args.dataloader_drop_last,
                   .record_micros = false};
  const std::int64_t samples = std::min(request.eval_samples, request.args.per_device_eval_batch_size);
  if (samples > 0) script.eval_sets.emplace_back("", DryEvalSet{.samples = samples});
  return script;
}

PlannedRun play(const PlanRequest& request, Evaluations evaluations, NoticeSink& notices) {
  PlannedRun run;
  PlanEngine engine(script_for(request));
  NameStore store;
  StoppedClock clock;
  CallbackList callbacks{std::make_shared<DefaultFlowCallback>(),
                         std::make_shared<Recorder>(run, request.args, evaluations)};
  const CallbackList more = request.callbacks ? request.callbacks() : CallbackList();
  callbacks.insert(callbacks.end(), more.begin(), more.end());
  ResolvedArguments args = request.args;
  args.enable_jit_checkpoint = false;  // a plan is not to be saved but stopped
  TrainLoop loop(args, callbacks,
                 {.engine = engine, .store = store, .notices = notices, .clock = clock, .keep_history = false});
  loop.train("");
  for (const std::int64_t step : store.steps()) run.checkpoints.add(step);
  run.has_best_folder = store.exists(store.path_of_best());
  run.ends_with_best = loop.best_reloaded_from().has_value();
  return run;
}

StepPlan steps_of(const PlanRequest& request) {
  const ResolvedArguments& args = request.args;
  const std::int64_t batches =
      batch_count(request.train_samples, args.per_device_train_batch_size, args.dataloader_drop_last);
  const StepPlan steps = plan_steps(batches, args.gradient_accumulation_steps, args.num_train_epochs, args.max_steps);
  if (steps.max_steps > kLongestPlan / std::min(steps.accumulation, std::max<std::int64_t>(batches, 1))) {
    throw ConfigError("The run has " + counted(steps.max_steps, "update") + ", each of " +
                      counted(steps.accumulation, "batch", "batches") + "; expected at most " +
                      std::to_string(kLongestPlan) + " batches, because each of them is played");
  }
  return steps;
}

}  // namespace

std::int64_t RunPlan::samples_per_update() const {
  const std::int64_t batches = std::min(steps.accumulation, steps.batches_per_epoch);
  return std::min(batches * args.per_device_train_batch_size, train_samples);
}

RunPlan plan_run(const PlanRequest& request) {
  RunPlan plan{.args = request.args,
               .train_samples = request.train_samples,
               .eval_samples = request.eval_samples,
               .eval_batches = batch_count(request.eval_samples, request.args.per_device_eval_batch_size, false),
               .steps = steps_of(request)};
  NoticeList notices;
  plan.run = play(request, Evaluations::kAlwaysBetter, notices);
  plan.notices = std::move(notices.all);
  if (!request.args.metric_for_best_model.empty() && !plan.run.evaluations.empty()) {
    NoticeList same_again;
    plan.run_without_gain = play(request, Evaluations::kNeverBetter, same_again);
  }
  const std::vector<Notice> more = notices_about(plan);
  plan.notices.insert(plan.notices.end(), more.begin(), more.end());
  return plan;
}

}  // namespace baton
