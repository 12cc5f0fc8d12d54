// TrainingArguments: every knob of a run, with the reference's names and defaults (hf-contract §9).
// The table behind parsing, --help, JSON and YAML is baton/core/argument_fields.h; resolve() checks and completes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "baton/core/value.h"

namespace baton {

enum class LoggingStrategy { kNo, kSteps, kEpoch };
enum class EvalStrategy { kNo, kSteps, kEpoch };
enum class SaveStrategy { kNo, kSteps, kEpoch, kBest };
enum class TokenCounting { kNo, kAll, kNonPadding };
enum class SamplingStrategy { kRandom, kSequential, kGroupByLength };
/// Which run the trackers show after a resume: the same one, a new one that names it, or whichever is right.
enum class TrackerResume { kAuto, kSame, kNew };
/// The reference's names of what LibTorch alone can run; "lion_32bit" is its only Lion, and it has no plain Adam.
enum class OptimizerName { kAdamwTorchFused, kAdamwTorch, kSgd, kAdagrad, kRmsprop, kAdafactor, kLion };
enum class LrSchedulerType {
  kLinear,
  kCosine,
  kCosineWithRestarts,
  kPolynomial,
  kConstant,
  kConstantWithWarmup,
  kInverseSqrt,
  kReduceLrOnPlateau,
  kCosineWithMinLr,
  kCosineWarmupWithMinLr,
  kWarmupStableDecay,
  kGreedy,
};

/// What a user sets. An aggregate: name the fields that differ, `{.output_dir = "runs/a", .learning_rate = 1e-3}`.
/// Cadences (`*_steps`) below 1 are fractions of the whole run, from 1 on they are updates.
struct TrainingArguments {
  // Run
  std::string output_dir = "trainer_output";            ///< checkpoints and results go here; a leading ~ is expanded
  std::optional<std::string> run_name{};                ///< name shown by trackers
  std::optional<std::string> resume_from_checkpoint{};  ///< "true": the newest; unset or "false": none; else a folder
  std::int64_t seed = 42;
  std::optional<std::int64_t> data_seed{};  ///< seed of the data order; unset: seed
  bool full_determinism = false;

  // Length
  double num_train_epochs = 3.0;
  std::int64_t max_steps = -1;  ///< updates; above 0 it outranks num_train_epochs
  std::int64_t per_device_train_batch_size = 8;
  std::int64_t per_device_eval_batch_size = 8;
  std::int64_t gradient_accumulation_steps = 1;  ///< micro batches per update
  bool auto_find_batch_size = false;  ///< after running out of memory start again with a batch of 0.9 times the size

  // Optimizer
  OptimizerName optim = OptimizerName::kAdamwTorchFused;
  /// More options of sgd (momentum, dampening, nesterov), adagrad (lr_decay, eps) and rmsprop (momentum, alpha, eps,
  /// centered), as in "momentum=0.9,nesterov=true"
  std::optional<std::string> optim_args{};
  double learning_rate = 5e-5;
  double weight_decay = 0.0;  ///< not applied to biases and normalisation layers
  double adam_beta1 = 0.9;
  double adam_beta2 = 0.999;
  double adam_epsilon = 1e-8;
  double max_grad_norm = 1.0;  ///< 0 or less: no clipping; the norm is measured all the same
  bool fold_clipping = false;  ///< Baton's own: clip within adamw_torch_fused's step, unless a callback needs it before
  bool skip_nonfinite_gradients = false;  ///< Baton's own: no update where the gradients' norm is not finite
  double label_smoothing_factor = 0.0;
  std::optional<double> neftune_noise_alpha{};

  // Learning rate
  LrSchedulerType lr_scheduler_type = LrSchedulerType::kLinear;
  Record lr_scheduler_kwargs{};  ///< extras of the schedule, for example {"num_cycles": 2}
  double warmup_steps = 0.0;     ///< updates; below 1: fraction of the run

  // Logging
  LoggingStrategy logging_strategy = LoggingStrategy::kSteps;
  double logging_steps = 500.0;
  bool logging_first_step = false;
  bool logging_nan_inf_filter = true;  ///< keep non-finite losses out of the logged loss (they are counted)
  TokenCounting include_num_input_tokens_seen = TokenCounting::kNo;
  std::optional<bool> disable_tqdm{};                   ///< true: print records instead of a progress bar
  std::vector<std::string> report_to = {"none"};        ///< trackers
  std::optional<std::string> logging_dir{};             ///< TensorBoard's event files; unset: below output_dir
  TrackerResume tracker_resume = TrackerResume::kAuto;  ///< Baton's own
  double tracker_flush_seconds = 30.0;                  ///< Baton's own: how long the end waits for trackers at most

  // Evaluation
  EvalStrategy eval_strategy = EvalStrategy::kNo;
  std::optional<double> eval_steps{};  ///< unset: logging_steps
  double eval_delay = 0.0;             ///< no evaluation before this many updates or epochs (unit of eval_strategy)
  bool eval_on_start = false;
  bool prediction_loss_only = false;
  bool batch_eval_metrics = false;
  std::vector<std::string> include_for_metrics{};  ///< any of "inputs" and "loss"
  std::optional<std::int64_t> eval_accumulation_steps{};

  // Checkpoints
  SaveStrategy save_strategy = SaveStrategy::kSteps;
  double save_steps = 500.0;
  std::optional<std::int64_t> save_total_limit{};  ///< unset, 0 or less: keep all
  bool save_only_model = false;
  bool save_async = false;  ///< Baton's own: write in the background, one checkpoint at a time (D15)
  bool load_best_model_at_end = false;
  std::optional<std::string> metric_for_best_model{};  ///< with or without "eval_"
  std::optional<bool> greater_is_better{};             ///< unset: true unless the metric's name ends in "loss"
  bool ignore_data_skip = false;
  bool restore_callback_states_from_checkpoint = true;  ///< D21
  bool enable_jit_checkpoint = false;

  // Data
  bool dataloader_drop_last = false;  ///< drops the last short training batch (D18: never evaluation samples)
  std::int64_t dataloader_num_workers = 0;
  bool dataloader_pin_memory = true;
  std::optional<std::int64_t> dataloader_prefetch_factor{};
  SamplingStrategy train_sampling_strategy = SamplingStrategy::kRandom;

  // Precision
  bool bf16 = false;
  bool fp16 = false;
  bool bf16_full_eval = false;
  bool fp16_full_eval = false;
  std::optional<bool> tf32{};
  bool gradient_checkpointing = false;
  bool channels_last = false;  ///< Baton's own: weights of convolutions in the channels-last memory format
  std::optional<std::int64_t> torch_empty_cache_steps{};
};

/// The same, checked and complete: what the loop, the engines and the callbacks see. An optional field whose absence
/// only meant "choose for me" is hidden here by its resolved form of the same name.
struct ResolvedArguments : TrainingArguments {
  std::int64_t data_seed = 42;
  bool disable_tqdm = false;
  double eval_steps = 0.0;            ///< 0: not by steps
  std::int64_t save_total_limit = 0;  ///< 0: keep all
  std::string metric_for_best_model;  ///< without a value: "", no best model is tracked
  bool greater_is_better = false;
  std::string resume_from_checkpoint;  ///< "": none, "true": the newest, else a path

  /// The watched metric as the evaluation returns it: metric_for_best_model with "eval_" in front, or "".
  std::string watched_metric() const;
};

/// Fills in what follows from other arguments, as the reference does when it builds them: eval_steps from
/// logging_steps, metric_for_best_model from load_best_model_at_end or a metric-driven schedule, greater_is_better from
/// the metric's name.
TrainingArguments with_dependent_defaults(TrainingArguments args);

/// Every problem in `args` alone, one line each; empty if there is none.
std::vector<std::string> argument_problems(const TrainingArguments& args);

/// What the data adds to the rules: whether the training set has a length and whether there is anything to evaluate on.
struct DataFacts {
  bool has_train_data = true;
  bool train_data_is_sized = true;
  bool has_eval_data = false;
};

/// Every problem of these arguments with such data (the reference finds them when it builds the trainer).
std::vector<std::string> data_problems(const TrainingArguments& args, const DataFacts& data);

/// The folder that ~ stands for: the environment's HOME, or "".
std::string home_from_env();

/// Checks and completes; a leading ~ of output_dir becomes `home`. Throws one ConfigError that lists every problem.
ResolvedArguments resolve(const TrainingArguments& args, const std::string& home = home_from_env());

/// The reference's guess: false if the metric's name ends in "loss", else true (case 50).
bool greater_is_better_by_name(const std::string& metric);

}  // namespace baton
