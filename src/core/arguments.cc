#include "baton/core/arguments.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "baton/core/errors.h"
#include "src/base/json.h"
#include "src/core/argument_values.h"
#include "src/core/optim_args.h"

namespace baton {
namespace {

constexpr std::int64_t kLargestSeed = 4294967295;  // what the reference's generators take

std::string number_text(double number) { return json::dump(plain_number(number)); }

std::string number_text(const std::optional<double>& number) { return number ? number_text(*number) : "none"; }

class Problems {
 public:
  /// Notes "--flag VALUE: expected EXPECTED" unless `ok`.
  void expect(bool ok, std::string_view flag, std::int64_t value, std::string_view expected) {
    if (!ok) add_value(flag, std::to_string(value), expected);
  }
  void expect(bool ok, std::string_view flag, double value, std::string_view expected) {
    if (!ok) add_value(flag, number_text(value), expected);
  }
  void add(std::string problem) { lines_.push_back(std::move(problem)); }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  void add_value(std::string_view flag, const std::string& value, std::string_view expected) {
    add("--" + std::string(flag) + " " + value + ": expected " + std::string(expected));
  }

  std::vector<std::string> lines_;
};

bool at_least(double value, double least) { return std::isfinite(value) && value >= least; }

bool is_fraction(double value) { return value >= 0.0 && value < 1.0; }

bool is_metric_driven(LrSchedulerType type) {
  return type == LrSchedulerType::kReduceLrOnPlateau || type == LrSchedulerType::kGreedy;
}

bool evaluates_by_steps(const TrainingArguments& args) { return args.eval_strategy == EvalStrategy::kSteps; }

void check_run(const TrainingArguments& args, Problems& problems) {
  if (args.output_dir.empty()) problems.add("--output_dir is empty: expected a folder for checkpoints and results");
  problems.expect(args.seed >= 0 && args.seed <= kLargestSeed, "seed", args.seed, "0 to 4294967295");
  if (args.data_seed) problems.expect(*args.data_seed >= 0, "data_seed", *args.data_seed, "0 or more");
}

void check_trackers(const TrainingArguments& args, Problems& problems) {
  const bool has_none = std::find(args.report_to.begin(), args.report_to.end(), "none") != args.report_to.end();
  if (has_none && args.report_to.size() > 1) problems.add("--report_to: expected none alone, or trackers without it");
  problems.expect(at_least(args.tracker_flush_seconds, 0.0), "tracker_flush_seconds", args.tracker_flush_seconds,
                  "0 or more seconds");
}

void check_length(const TrainingArguments& args, Problems& problems) {
  const bool by_epochs = args.max_steps < 0;
  problems.expect(args.max_steps != 0, "max_steps", args.max_steps,
                  "1 or more updates, or -1 to go by --num_train_epochs");
  problems.expect(at_least(args.num_train_epochs, 0.0) || (!by_epochs && std::isfinite(args.num_train_epochs)),
                  "num_train_epochs", args.num_train_epochs, "0 or more");
  problems.expect(args.per_device_train_batch_size >= 1, "per_device_train_batch_size",
                  args.per_device_train_batch_size, "1 or more");
  problems.expect(args.per_device_eval_batch_size >= 1, "per_device_eval_batch_size", args.per_device_eval_batch_size,
                  "1 or more");
  problems.expect(args.gradient_accumulation_steps >= 1, "gradient_accumulation_steps",
                  args.gradient_accumulation_steps, "1 or more");
}

void check_optimizer(const TrainingArguments& args, Problems& problems) {
  for (std::string& problem : read_optim_args(args).problems) problems.add(std::move(problem));
  problems.expect(at_least(args.learning_rate, 0.0), "learning_rate", args.learning_rate, "0 or more");
  problems.expect(at_least(args.weight_decay, 0.0), "weight_decay", args.weight_decay, "0 or more");
  problems.expect(is_fraction(args.adam_beta1), "adam_beta1", args.adam_beta1, "0 or more and below 1");
  problems.expect(is_fraction(args.adam_beta2), "adam_beta2", args.adam_beta2, "0 or more and below 1");
  problems.expect(at_least(args.adam_epsilon, 0.0), "adam_epsilon", args.adam_epsilon, "0 or more");
  problems.expect(!std::isnan(args.max_grad_norm), "max_grad_norm", args.max_grad_norm,
                  "a number; 0 turns clipping off");
  problems.expect(is_fraction(args.label_smoothing_factor), "label_smoothing_factor", args.label_smoothing_factor,
                  "0 or more and below 1");
  if (args.neftune_noise_alpha) {
    problems.expect(at_least(*args.neftune_noise_alpha, 0.0), "neftune_noise_alpha", *args.neftune_noise_alpha,
                    "0 or more");
  }
}

void check_schedule(const TrainingArguments& args, Problems& problems) {
  problems.expect(at_least(args.warmup_steps, 0.0), "warmup_steps", args.warmup_steps,
                  "a number of updates, or a fraction of the run below 1");
  if (is_metric_driven(args.lr_scheduler_type) && args.eval_strategy == EvalStrategy::kNo) {
    problems.add("--lr_scheduler_type " + std::string(enum_name(args.lr_scheduler_type)) +
                 " follows a metric: expected --eval_strategy steps or epoch, not no");
  }
}

/// A cadence that is in use. Zero is looked at by the callers: it means "never" for saves and is an error elsewhere.
void check_cadence(std::string_view flag, double steps, Problems& problems) {
  const bool whole = steps <= 1.0 || steps == std::floor(steps);
  problems.expect(at_least(steps, 0.0) && whole, flag, steps,
                  "a whole number of updates, or a fraction of the run below 1");
}

void check_cadences(const TrainingArguments& args, Problems& problems) {
  if (args.logging_strategy == LoggingStrategy::kSteps) {
    if (args.logging_steps == 0.0) {
      problems.add(
          "--logging_steps 0: expected another number with --logging_strategy steps; --logging_strategy no logs never");
    }
    check_cadence("logging_steps", args.logging_steps, problems);
  }
  if (evaluates_by_steps(args)) {
    if (args.eval_steps.value_or(0.0) == 0.0) {
      problems.add("--eval_steps " + number_text(args.eval_steps) +
                   ": expected another number with --eval_strategy steps, "
                   "for --logging_steps " +
                   number_text(args.logging_steps) + " cannot stand in for it");
    } else {
      check_cadence("eval_steps", *args.eval_steps, problems);
    }
  }
  if (args.save_strategy == SaveStrategy::kSteps) check_cadence("save_steps", args.save_steps, problems);
  problems.expect(at_least(args.eval_delay, 0.0), "eval_delay", args.eval_delay, "0 or more updates or epochs");
}

bool same_strategy(EvalStrategy eval, SaveStrategy save) {
  return (eval == EvalStrategy::kNo && save == SaveStrategy::kNo) ||
         (eval == EvalStrategy::kSteps && save == SaveStrategy::kSteps) ||
         (eval == EvalStrategy::kEpoch && save == SaveStrategy::kEpoch);
}

/// Fractions are compared in millionths, so that 0.3 is a multiple of 0.1. A fraction beside a count passes only if the
/// quotient happens to be whole (0.5 and 10), because that is where the reference looks first.
bool is_multiple(double save_steps, double eval_steps) {
  if (std::fmod(save_steps, eval_steps) == 0.0) return true;
  constexpr double kMillion = 1e6;
  return save_steps < 1.0 && eval_steps < 1.0 && std::fmod(save_steps * kMillion, eval_steps * kMillion) == 0.0;
}

void check_best_model(const TrainingArguments& args, Problems& problems) {
  if (!args.load_best_model_at_end || args.save_strategy == SaveStrategy::kBest) return;
  if (!same_strategy(args.eval_strategy, args.save_strategy)) {
    problems.add(
        "--load_best_model_at_end: expected --eval_strategy and --save_strategy to be the same, or --save_strategy "
        "best");
    return;
  }
  if (!evaluates_by_steps(args) || args.eval_steps.value_or(0.0) == 0.0) return;
  if (!is_multiple(args.save_steps, *args.eval_steps)) {
    problems.add(
        "--load_best_model_at_end: expected --save_steps to be a multiple of --eval_steps, both counts or both "
        "fractions, not " +
        number_text(args.save_steps) + " and " + number_text(*args.eval_steps));
  }
}

void check_data_loading(const TrainingArguments& args, Problems& problems) {
  problems.expect(args.dataloader_num_workers >= 0, "dataloader_num_workers", args.dataloader_num_workers, "0 or more");
  if (args.dataloader_prefetch_factor) {
    problems.expect(*args.dataloader_prefetch_factor >= 1 && args.dataloader_num_workers > 0,
                    "dataloader_prefetch_factor", *args.dataloader_prefetch_factor,
                    "1 or more, together with --dataloader_num_workers above 0");
  }
}

void check_memory(const TrainingArguments& args, Problems& problems) {
  if (args.bf16 && args.fp16) problems.add("--bf16 and --fp16: expected one of them at most");
  if (args.bf16_full_eval && args.fp16_full_eval) {
    problems.add("--bf16_full_eval and --fp16_full_eval: expected one of them at most");
  }
  if (args.torch_empty_cache_steps) {
    problems.expect(*args.torch_empty_cache_steps >= 1, "torch_empty_cache_steps", *args.torch_empty_cache_steps,
                    "1 or more updates");
  }
  for (const std::string& what : args.include_for_metrics) {
    if (what != "inputs" && what != "loss") {
      problems.add("--include_for_metrics " + what + ": expected inputs or loss");
    }
  }
  if (args.eval_accumulation_steps) {
    problems.expect(*args.eval_accumulation_steps >= 1, "eval_accumulation_steps", *args.eval_accumulation_steps,
                    "1 or more batches");
  }
}

bool starts_with_home(std::string_view path) { return path == "~" || path.substr(0, 2) == "~/"; }

std::string resume_choice(const std::optional<std::string>& text) {
  if (!text || *text == "false" || *text == "False") return "";
  return *text == "True" ? "true" : *text;
}

}  // namespace

bool greater_is_better_by_name(const std::string& metric) { return !std::string_view(metric).ends_with("loss"); }

TrainingArguments with_dependent_defaults(TrainingArguments args) {
  if (evaluates_by_steps(args) && args.eval_steps.value_or(0.0) == 0.0 && args.logging_steps > 0.0) {
    args.eval_steps = args.logging_steps;
  }
  const bool needs_metric = args.load_best_model_at_end || is_metric_driven(args.lr_scheduler_type);
  if (needs_metric && !args.metric_for_best_model) args.metric_for_best_model = "loss";
  if (args.metric_for_best_model && !args.greater_is_better) {
    args.greater_is_better = greater_is_better_by_name(*args.metric_for_best_model);
  }
  return args;
}

std::vector<std::string> argument_problems(const TrainingArguments& given) {
  const TrainingArguments args = with_dependent_defaults(given);
  Problems problems;
  check_run(args, problems);
  check_length(args, problems);
  check_optimizer(args, problems);
  check_schedule(args, problems);
  check_cadences(args, problems);
  check_best_model(args, problems);
  check_trackers(args, problems);
  check_data_loading(args, problems);
  check_memory(args, problems);
  return problems.take();
}

std::vector<std::string> data_problems(const TrainingArguments& given, const DataFacts& data) {
  const TrainingArguments args = with_dependent_defaults(given);
  Problems problems;
  if (args.save_strategy == SaveStrategy::kBest && !args.metric_for_best_model) {
    problems.add("--save_strategy best: expected --metric_for_best_model, the metric that tells which model is best");
  }
  if (args.eval_strategy != EvalStrategy::kNo && !data.has_eval_data) {
    problems.add(
        "--eval_strategy: expected no without evaluation data; give the trainer an eval_dataset to evaluate on");
  }
  if (data.has_train_data && !data.train_data_is_sized && args.max_steps <= 0) {
    problems.add("--max_steps " + std::to_string(args.max_steps) +
                 ": expected 1 or more, because the training data has no length to count epochs with");
  }
  if (!data.train_data_is_sized && args.train_sampling_strategy == SamplingStrategy::kGroupByLength) {
    problems.add("--train_sampling_strategy group_by_length: expected training data with a length");
  }
  return problems.take();
}

std::string home_from_env() {
  const char* home = std::getenv("HOME");
  return home ? home : "";
}

ResolvedArguments resolve(const TrainingArguments& given, const std::string& home) {
  std::vector<std::string> problems = argument_problems(given);
  const bool expand = starts_with_home(given.output_dir);
  if (expand && home.empty())
    problems.push_back("--output_dir " + given.output_dir + ": expected HOME to be set, to replace ~");
  if (!problems.empty()) throw ConfigError(std::move(problems));

  ResolvedArguments args{with_dependent_defaults(given)};
  const TrainingArguments& base = args;
  if (expand) args.output_dir = home + base.output_dir.substr(1);
  args.max_grad_norm = std::max(0.0, base.max_grad_norm);
  args.data_seed = base.data_seed.value_or(base.seed);
  args.disable_tqdm = base.disable_tqdm.value_or(false);
  args.eval_steps = base.eval_steps.value_or(0.0);
  args.save_total_limit = std::max<std::int64_t>(0, base.save_total_limit.value_or(0));
  args.metric_for_best_model = base.metric_for_best_model.value_or("");
  args.greater_is_better = base.greater_is_better.value_or(false);
  args.resume_from_checkpoint = resume_choice(base.resume_from_checkpoint);
  return args;
}

std::string ResolvedArguments::watched_metric() const {
  const bool complete = metric_for_best_model.empty() || metric_for_best_model.starts_with("eval_");
  return complete ? metric_for_best_model : "eval_" + metric_for_best_model;
}

}  // namespace baton
