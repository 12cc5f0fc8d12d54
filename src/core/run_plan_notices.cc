// What a person should know about a plan. One function a subject; each looks at what the play of the run has shown, and
// at the arguments only to name the one that did it.
#include <algorithm>
#include <utility>

#include "baton/core/lr_schedule.h"
#include "src/core/argument_values.h"
#include "src/core/number_words.h"
#include "src/core/run_plan.h"

namespace baton {
namespace {

constexpr std::int64_t kManyCheckpoints = 50;

using Notices = std::vector<Notice>;

std::string updates_text(const RunPlan& plan) { return counted(plan.steps.max_steps, "update"); }

bool nothing_happens(const RunPlan& plan) { return plan.run.last_step == 0; }

void about_data(const RunPlan& plan, Notices& out) {
  const std::int64_t batch = plan.args.per_device_train_batch_size;
  const std::int64_t rest = plan.train_samples % batch;
  if (plan.args.dataloader_drop_last && rest > 0) {
    out.push_back(
        {"dropped_samples", "--dataloader_drop_last leaves out " + counted(rest, "sample") + " of every epoch"});
  } else if (plan.train_samples < batch) {
    out.push_back({"batch_exceeds_data", "--per_device_train_batch_size " + std::to_string(batch) +
                                             " is more than the " + counted(plan.train_samples, "training sample") +
                                             ": every epoch is one short batch"});
  }
}

void about_windows(const RunPlan& plan, Notices& out) {
  const StepPlan& steps = plan.steps;
  if (steps.batches_per_epoch == 0) return;
  const std::int64_t rest = steps.batches_per_epoch % steps.accumulation;
  if (rest == 0) return;
  const bool is_every = steps.updates_per_epoch == 1;
  out.push_back({"short_window", "The " + std::string(is_every ? "only" : "last") +
                                     " update of every epoch is made of " + std::to_string(rest) + " of " +
                                     counted(steps.accumulation, "batch", "batches") +
                                     " (--gradient_accumulation_steps)"});
}

void about_length(const RunPlan& plan, Notices& out) {
  if (plan.steps.max_steps == 0) {
    out.push_back({"no_updates", "The run has no update at all: --num_train_epochs 0"});
  }
  if (plan.args.auto_find_batch_size) {
    out.push_back({"batch_size_may_change",
                   "--auto_find_batch_size: when memory runs out the run starts again with smaller batches, and with "
                   "another plan"});
  }
  if (!plan.args.resume_from_checkpoint.empty()) {
    out.push_back({"planned_from_start",
                   "--resume_from_checkpoint is not looked at: this is the plan of the whole run, from its first "
                   "update"});
  }
}

void about_logs(const RunPlan& plan, Notices& out) {
  const ResolvedArguments& args = plan.args;
  if (nothing_happens(plan) || args.logging_strategy != LoggingStrategy::kSteps) return;
  if (plan.run.logs.empty()) {
    out.push_back({"never_logs", "--logging_steps " + number_words(args.logging_steps) + " is more than the " +
                                     updates_text(plan) + " of the run: no loss will be logged"});
  } else if (args.logging_first_step && args.logging_steps > static_cast<double>(plan.steps.max_steps)) {
    out.push_back({"logs_first_only", "--logging_steps " + number_words(args.logging_steps) + " is more than the " +
                                          updates_text(plan) + " of the run: only the first loss will be logged"});
  }
}

void about_evaluations(const RunPlan& plan, Notices& out) {
  const ResolvedArguments& args = plan.args;
  if (nothing_happens(plan) || args.eval_strategy == EvalStrategy::kNo) return;
  const StepSeries& evaluations = plan.run.evaluations;
  if (evaluations.empty() || (args.eval_on_start && evaluations.last() == 0)) {
    out.push_back({"never_evaluates", "--eval_delay " + number_words(args.eval_delay) +
                                          " is not over when the run ends: nothing is evaluated after its start"});
  } else if (args.eval_strategy == EvalStrategy::kSteps &&
             args.eval_steps > static_cast<double>(plan.steps.max_steps)) {
    out.push_back({"evaluates_end_only", "--eval_steps " + number_words(args.eval_steps) + " is more than the " +
                                             updates_text(plan) + " of the run: it is evaluated only at the end"});
  }
  const auto training = static_cast<std::int64_t>(plan.run.last_epoch * static_cast<double>(plan.train_samples));
  if (const std::int64_t samples = evaluations.count() * plan.eval_samples; samples > training) {
    out.push_back({"evaluates_more_than_trains", "Evaluations go through " + counted(samples, "sample") +
                                                     ", training through " + std::to_string(training)});
  }
}

void about_saves(const RunPlan& plan, Notices& out) {
  const ResolvedArguments& args = plan.args;
  if (nothing_happens(plan)) return;
  if (args.save_strategy == SaveStrategy::kBest && plan.run.saves.empty()) {
    out.push_back({"never_saves",
                   "--save_strategy best saves after evaluations, of which there are none: no "
                   "checkpoint is written"});
  }
  if (args.save_strategy == SaveStrategy::kSteps && args.save_steps > static_cast<double>(plan.steps.max_steps)) {
    out.push_back({"saves_end_only", "--save_steps " + number_words(args.save_steps) + " is more than the " +
                                         updates_text(plan) + " of the run: the only checkpoint is the last"});
  }
  if (args.save_only_model && !plan.run.saves.empty()) {
    out.push_back({"weights_only",
                   "--save_only_model: checkpoints hold the weights alone, so a run that goes on from "
                   "one begins with a new optimizer and a new schedule"});
  }
  if (plan.run.checkpoints.count() > kManyCheckpoints) {
    out.push_back({"many_checkpoints", std::to_string(plan.run.checkpoints.count()) +
                                           " checkpoints stay on the disk; with --save_total_limit N the newest N do"});
  }
}

void about_best_model(const RunPlan& plan, Notices& out) {
  const ResolvedArguments& args = plan.args;
  if (args.metric_for_best_model.empty() || nothing_happens(plan)) return;
  if (args.load_best_model_at_end && !plan.run.ends_with_best) {
    out.push_back({"no_best_model",
                   "--load_best_model_at_end: nothing is evaluated, so the run ends with the last "
                   "weights"});
  } else if (plan.run.evaluations.empty()) {
    out.push_back({"metric_unused", "--metric_for_best_model " + args.metric_for_best_model +
                                        ": nothing is evaluated, so no best model is looked for"});
  }
  const bool saves_between = args.load_best_model_at_end && args.save_strategy != SaveStrategy::kBest &&
                             plan.run.evaluations.count() > plan.run.saves.count();
  if (saves_between) {
    out.push_back(
        {"best_between_saves",
         "Evaluations are more frequent than checkpoints: best weights that no checkpoint holds are kept in " +
             args.output_dir + "/best"});
  }
}

void about_rate(const RunPlan& plan, Notices& out) {
  const ResolvedArguments& args = plan.args;
  if (plan.run.rate.empty()) return;
  if (args.learning_rate == 0.0) out.push_back({"rate_is_zero", "--learning_rate 0: nothing is learned"});
  if (plan.run.rate_follows_metric && plan.run_without_gain &&
      plan.run.rate.back().to.rate < plan.run_without_gain->rate.back().to.rate) {
    out.push_back({"metric_read_backwards", "The schedule lowers the learning rate while " + args.watched_metric() +
                                                " gets better: --lr_scheduler_kwargs '{\"mode\": \"" +
                                                (args.greater_is_better ? "max" : "min") + "\"}' turns it around"});
  }
  const std::int64_t warmup = warmup_updates(args.warmup_steps, plan.steps.max_steps);
  if (warmup == 0 || args.learning_rate == 0.0) return;
  const RatePhase& first = plan.run.rate.front();
  const std::string name(enum_name(args.lr_scheduler_type));
  if (first.from.rate == args.learning_rate && first.trend != RateTrend::kRises) {
    out.push_back({"warmup_unused",
                   "--warmup_steps " + number_words(args.warmup_steps) + ": the schedule " + name + " has no warm-up"});
  } else if (warmup >= plan.steps.max_steps) {
    out.push_back(
        {"warmup_exceeds_run", "--warmup_steps " + number_words(args.warmup_steps) + " is not less than the " +
                                   updates_text(plan) + " of the run: the learning rate only gets to " +
                                   rate_words(plan.run.rate.back().to.rate) + " of " + rate_words(args.learning_rate)});
  }
}

}  // namespace

std::vector<Notice> notices_about(const RunPlan& plan) {
  Notices out;
  for (const auto about : {about_data, about_windows, about_length, about_logs, about_evaluations, about_saves,
                           about_best_model, about_rate}) {
    about(plan, out);
  }
  return out;
}

}  // namespace baton
