#include "src/core/run_plan_text.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "src/base/wrap.h"
#include "src/core/argument_values.h"
#include "src/core/number_words.h"

namespace baton {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kTextColumn = 16;
constexpr std::size_t kMostPieces = 6;  // of a series, and of a learning rate's phases

std::string line(const std::string& label, const std::string& text) {
  const std::string head = "  " + label;
  return head + std::string(kTextColumn - head.size(), ' ') + wrapped(text, kTextColumn, kWidth) + "\n";
}

constexpr std::int64_t kListed = 3;  // runs of no more updates are written out

std::string run_text(const StepRun& run) {
  const bool is_listed = run.count <= kListed;
  std::string text = std::to_string(run.first);
  for (std::int64_t i = 1; i < std::min(run.count, kListed); ++i) {
    const bool is_left_out = !is_listed && i + 1 == kListed;
    text += ", " + (is_left_out ? "... " + std::to_string(run.last()) : std::to_string(run.first + i * run.every));
  }
  if (is_listed) return text;
  return "every " + (run.every == 1 ? "update" : std::to_string(run.every) + " updates") + ": " + text;
}

/// The updates alone, without how many there are.
std::string steps_text(const StepSeries& series) {
  const std::vector<StepRun>& runs = series.runs();
  const std::size_t shown = runs.size() <= kMostPieces ? runs.size() : kMostPieces - 1;
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool between_lists = i > 0 && runs[i - 1].count <= kListed && runs[i].count <= kListed;
    text += (i == 0 ? "" : between_lists ? ", " : "; ") + run_text(runs[i]);
  }
  if (shown < runs.size()) text += ", ... " + std::to_string(series.last());
  return text;
}

std::string unless_never(const StepSeries& series, const std::string& flag, std::string_view strategy,
                         const std::string& text) {
  if (!series.empty()) return text;
  return "never" + (strategy == "no" ? " (--" + flag + " no)" : "");
}

std::string by_epoch(const std::string& text) {
  return "after each epoch" + std::string(text.starts_with("every") ? ", " : ": ") + text;
}

std::string logs_text(const RunPlan& plan) {
  const ResolvedArguments& args = plan.args;
  const std::string text = series_text(plan.run.logs);
  const bool only_epochs = args.logging_strategy == LoggingStrategy::kEpoch && !args.logging_first_step;
  return unless_never(plan.run.logs, "logging_strategy", enum_name(args.logging_strategy),
                      only_epochs ? by_epoch(text) : text);
}

std::string evaluations_text(const RunPlan& plan) {
  const ResolvedArguments& args = plan.args;
  const std::string text = series_text(plan.run.evaluations) + ", " + counted(plan.eval_batches, "batch", "batches") +
                           (plan.run.evaluations.count() == 1 ? "" : " each");
  const bool only_epochs = args.eval_strategy == EvalStrategy::kEpoch && !args.eval_on_start;
  return unless_never(plan.run.evaluations, "eval_strategy", enum_name(args.eval_strategy),
                      only_epochs ? by_epoch(text) : text);
}

std::string saves_text(const RunPlan& plan) {
  const ResolvedArguments& args = plan.args;
  const bool saves_best = args.save_strategy == SaveStrategy::kBest;
  const bool only_epochs =
      args.save_strategy == SaveStrategy::kEpoch || (saves_best && args.eval_strategy == EvalStrategy::kEpoch);
  std::string text = series_text(plan.run.saves);
  if (only_epochs) text = by_epoch(text);
  if (saves_best) {
    text = "when " + args.watched_metric() + " is better than before, at most " + text;
  }
  return unless_never(plan.run.saves, "save_strategy", enum_name(args.save_strategy), text);
}

std::string epoch_text(const RunPlan& plan) {
  const StepPlan& steps = plan.steps;
  const std::int64_t rest = plan.train_samples % plan.args.per_device_train_batch_size;
  const bool is_short = rest > 0 && !plan.args.dataloader_drop_last;
  return counted(steps.batches_per_epoch, "batch", "batches") + " of " +
         counted(plan.args.per_device_train_batch_size, "sample") +
         (is_short ? ", the last one of " + std::to_string(rest) : "") + "; " +
         counted(steps.updates_per_epoch, "update");
}

std::string stop_reason(const RunPlan& plan) {
  if (plan.run.last_step >= plan.steps.max_steps) {
    return plan.args.max_steps > 0 ? "--max_steps " + std::to_string(plan.args.max_steps)
                                   : "--num_train_epochs " + number_words(plan.args.num_train_epochs);
  }
  return plan.steps.batches_per_epoch == 0 ? "there is not a single batch" : "a callback stops it";
}

std::string stop_text(const RunPlan& plan) {
  const PlannedRun& run = plan.run;
  const double epochs = std::round(run.last_epoch * 100.0) / 100.0;
  std::string text = "after " + counted(run.last_step, "update") + ", " + number_words(epochs) +
                     (epochs == 1.0 ? " epoch (" : " epochs (") + stop_reason(plan) + ")";
  if (!plan.run_without_gain || plan.run_without_gain->last_step == run.last_step) return text;
  return text + "; perhaps as early as update " + std::to_string(plan.run_without_gain->last_step) + ", depending on " +
         plan.args.watched_metric();
}

std::string phase_text(const RatePhase& phase) {
  const std::string to = std::to_string(phase.to.step);
  if (phase.trend == RateTrend::kStays) {
    return rate_words(phase.to.rate) + ", updates " + std::to_string(phase.from.step) + " to " + to;
  }
  return rate_words(phase.from.rate) + " to " + rate_words(phase.to.rate) + ", updates " +
         std::to_string(phase.from.step) + " to " + to;
}

std::string trend_label(RateTrend trend) {
  if (trend == RateTrend::kStays) return "stays";
  return trend == RateTrend::kRises ? "rises" : "falls";
}

/// The rates of a schedule that follows a metric are known for the extremes only.
std::string metric_driven_rate_lines(const RunPlan& plan) {
  const std::string start = line("starts", "at " + rate_words(plan.run.rate.front().from.rate));
  if (!plan.run_without_gain) return start + line("follows", plan.args.watched_metric() + ", which nothing evaluates");
  return start + line("follows", plan.args.watched_metric() + ": it ends at " +
                                     rate_words(plan.run.rate.back().to.rate) + " if every evaluation is better than " +
                                     "all before it, at " + rate_words(plan.run_without_gain->rate.back().to.rate) +
                                     " if none is better than the first");
}

std::string phase_lines(const std::vector<RatePhase>& phases) {
  const std::size_t shown = std::min(phases.size(), kMostPieces);
  std::string lines;
  for (std::size_t i = 0; i < shown; ++i) lines += line(trend_label(phases[i].trend), phase_text(phases[i]));
  if (shown == phases.size()) return lines;
  const RatePoint& end = phases.back().to;
  return lines + line("...", "and turns " + counted(static_cast<std::int64_t>(phases.size() - shown), "time") +
                                 " more, to end at " + rate_words(end.rate) + " at update " + std::to_string(end.step));
}

std::string rate_lines(const RunPlan& plan) {
  const PlannedRun& run = plan.run;
  if (run.rate.empty()) return "";
  const std::string title = "\nLearning rate, " + std::string(enum_name(plan.args.lr_scheduler_type)) + "\n";
  if (run.rate_follows_metric) return title + metric_driven_rate_lines(plan);
  std::string quarters;
  for (const RatePoint& point : run.quarters) {
    quarters += (quarters.empty() ? "" : ", ") + rate_words(point.rate) + " at " + std::to_string(point.step);
  }
  return title + phase_lines(run.rate) + (quarters.empty() ? "" : line("in between", quarters));
}

std::string weights_text(const RunPlan& plan) {
  const PlannedRun& run = plan.run;
  if (run.ends_with_best) return "the best ones by " + plan.args.watched_metric() + " (--load_best_model_at_end)";
  const std::string last = std::string("those of the ") + (run.last_step == 0 ? "start, " : "last update, ");
  if (run.evaluations.empty()) return last + "never evaluated";
  if (run.evaluations.last() == run.last_step) return last + "evaluated";
  return last + "evaluated at update " + std::to_string(run.evaluations.last()) + " the last time";
}

std::string left_text(const PlannedRun& run) {
  if (run.checkpoints.empty()) return run.has_best_folder ? "best" : "none";
  return steps_text(run.checkpoints) + (run.has_best_folder ? " and best" : "");
}

std::string checkpoint_lines(const RunPlan& plan) {
  const PlannedRun& run = plan.run;
  const PlannedRun& other = plan.run_without_gain ? *plan.run_without_gain : run;
  if (run.saves.empty() && !run.has_best_folder) return line("checkpoints", "none");
  const bool same = run.checkpoints == other.checkpoints && run.has_best_folder == other.has_best_folder;
  const bool all = run.checkpoints.count() == run.saves.count();
  const std::string share =
      all ? "all" : std::to_string(run.checkpoints.count()) + " of " + std::to_string(run.saves.count());
  if (same) return line("checkpoints", share + " stay in " + plan.args.output_dir + ": " + left_text(run));
  return line("checkpoints",
              "which ones stay in " + plan.args.output_dir + " depends on " + plan.args.watched_metric()) +
         line("", left_text(run) + " if every evaluation is better than all before it") +
         line("", left_text(other) + " if none is better than the first");
}

}  // namespace

std::string series_text(const StepSeries& series) {
  if (series.empty()) return "never";
  return steps_text(series) + " (" + (series.count() == 1 ? "once" : counted(series.count(), "time")) + ")";
}

std::string plan_text(const RunPlan& plan) {
  const std::int64_t batches =
      std::min(plan.steps.accumulation, std::max<std::int64_t>(plan.steps.batches_per_epoch, 1));
  std::string text = "Length\n";
  text += line("data", counted(plan.train_samples, "sample") + " to train on" +
                           (plan.eval_samples > 0 ? ", " + std::to_string(plan.eval_samples) + " to evaluate on" : ""));
  text += line("an epoch", epoch_text(plan));
  text += line("an update", counted(batches, "batch", "batches") + "; effective batch size " +
                                std::to_string(plan.samples_per_update()));
  text += line("stops", stop_text(plan));
  text += "\nWhen\n" + line("logs", logs_text(plan)) + line("evaluates", evaluations_text(plan)) +
          line("saves", saves_text(plan));
  text += rate_lines(plan);
  text += "\nAt the end\n" + line("weights", weights_text(plan)) + checkpoint_lines(plan);
  if (!plan.notices.empty()) text += "\nNotices\n";
  for (const Notice& notice : plan.notices) text += "  - " + wrapped(notice.text, 4, kWidth) + "\n";
  return text;
}

}  // namespace baton
