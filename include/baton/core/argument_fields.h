// The table of training arguments: one row per field of TrainingArguments. The command line, --help, configuration
// files, the printed configuration and the comparison with a checkpoint's arguments all walk it. A field without a row
// fails a test.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "baton/core/arguments.h"
#include "baton/core/value.h"

namespace baton {

/// One row. The texts are valid for the life of the program.
struct FieldInfo {
  std::string_view name;   ///< the field's own name, which is the reference's where it has such an argument
  std::string_view group;  ///< heading under which --help shows it
  std::string_view help;   ///< one sentence or two, without the default
  bool is_count = false;   ///< written as 500 where it is whole, not as 500.0
};

namespace detail {

template <class Visit>
void visit_run_fields(Visit& visit) {
  using A = TrainingArguments;
  constexpr auto row = [](auto name, auto help) { return FieldInfo{name, "Run", help}; };
  visit(row("output_dir", "folder for checkpoints and results; a leading ~ is your home folder"), &A::output_dir);
  visit(row("run_name", "name of the run in trackers"), &A::run_name);
  visit(row("resume_from_checkpoint",
            "true: continue from the newest checkpoint in --output_dir; a folder: from that one; false: start afresh"),
        &A::resume_from_checkpoint);
  visit(row("seed", "seed of weights, dropout and data order"), &A::seed);
  visit(row("data_seed", "seed of the data order alone; unset: --seed"), &A::data_seed);
  visit(row("full_determinism", "use deterministic algorithms only; slower, for bit-exact runs on a GPU"),
        &A::full_determinism);
}

template <class Visit>
void visit_length_fields(Visit& visit) {
  using A = TrainingArguments;
  constexpr auto row = [](auto name, auto help) { return FieldInfo{name, "Length", help}; };
  visit(row("num_train_epochs", "passes over the training data; may be fractional"), &A::num_train_epochs);
  visit(row("max_steps", "updates; from 1 on it outranks --num_train_epochs, -1: go by epochs"), &A::max_steps);
  visit(row("per_device_train_batch_size", "samples in a training batch of one device"),
        &A::per_device_train_batch_size);
  visit(row("per_device_eval_batch_size", "samples in an evaluation batch of one device"),
        &A::per_device_eval_batch_size);
  visit(row("gradient_accumulation_steps", "batches whose gradients make up one update"),
        &A::gradient_accumulation_steps);
  visit(row("auto_find_batch_size", "when memory runs out, start again with batches of 0.9 times the size"),
        &A::auto_find_batch_size);
}

template <class Visit>
void visit_optimizer_fields(Visit& visit) {
  using A = TrainingArguments;
  constexpr auto row = [](auto name, auto help) { return FieldInfo{name, "Optimizer", help}; };
  visit(row("optim", "optimizer"), &A::optim);
  visit(row("optim_args", "more options of sgd, adagrad and rmsprop, for example momentum=0.9,nesterov=true"),
        &A::optim_args);
  visit(row("learning_rate", "step size at the top of the schedule"), &A::learning_rate);
  visit(row("weight_decay", "decay of weights; biases and normalisation layers are left out"), &A::weight_decay);
  visit(row("adam_beta1", "Adam's decay of the mean of gradients"), &A::adam_beta1);
  visit(row("adam_beta2", "Adam's decay of the mean of squared gradients"), &A::adam_beta2);
  visit(row("adam_epsilon", "Adam's guard against division by zero"), &A::adam_epsilon);
  visit(row("max_grad_norm", "clip gradients to this norm; 0: measure only"), &A::max_grad_norm);
  visit(row("fold_clipping", "clip within the step of adamw_torch_fused: faster, last bits may differ"),
        &A::fold_clipping);
  visit(row("skip_nonfinite_gradients", "leave out updates whose gradients are not finite; waits for a GPU each time"),
        &A::skip_nonfinite_gradients);
  visit(row("label_smoothing_factor", "share of each label that is spread over all classes"),
        &A::label_smoothing_factor);
  visit(row("neftune_noise_alpha", "noise on embeddings (NEFTune); unset: none"), &A::neftune_noise_alpha);
}

template <class Visit>
void visit_learning_rate_fields(Visit& visit) {
  using A = TrainingArguments;
  constexpr auto row = [](auto name, auto help, bool is_count = false) {
    return FieldInfo{name, "Learning rate", help, is_count};
  };
  visit(row("lr_scheduler_type", "how the rate moves over the run; reduce_lr_on_plateau and greedy follow the metric"),
        &A::lr_scheduler_type);
  visit(row("lr_scheduler_kwargs", "options of the schedule, for example '{\"num_cycles\": 2}'"),
        &A::lr_scheduler_kwargs);
  visit(row("warmup_steps", "updates over which the rate rises from 0; below 1: fraction of the run", true),
        &A::warmup_steps);
}

template <class Visit>
void visit_logging_fields(Visit& visit) {
  using A = TrainingArguments;
  constexpr auto row = [](auto name, auto help, bool is_count = false) {
    return FieldInfo{name, "Logging", help, is_count};
  };
  visit(row("logging_strategy", "when to log"), &A::logging_strategy);
  visit(row("logging_steps", "updates between logs; below 1: fraction of the run", true), &A::logging_steps);
  visit(row("logging_first_step", "log the first update too"), &A::logging_first_step);
  visit(row("logging_nan_inf_filter", "leave losses that are not finite out of the logged loss; they are counted"),
        &A::logging_nan_inf_filter);
  visit(row("include_num_input_tokens_seen", "count input tokens: all, or without padding"),
        &A::include_num_input_tokens_seen);
  visit(row("disable_tqdm", "print each log record instead of a progress bar"), &A::disable_tqdm);
  visit(row("report_to", "trackers, separated by commas; all: those configured here; none: no tracker"), &A::report_to);
  visit(row("logging_dir", "folder of TensorBoard's files; unset: output_dir/runs/<time>_<host>"), &A::logging_dir);
  visit(row("tracker_resume",
            "after a resume: same run in the trackers, new one, or auto: new if an older checkpoint "
            "was named or the training changed"),
        &A::tracker_resume);
  visit(row("tracker_flush_seconds", "how long the end of a run waits for its trackers at most"),
        &A::tracker_flush_seconds);
}

template <class Visit>
void visit_evaluation_fields(Visit& visit) {
  using A = TrainingArguments;
  constexpr auto row = [](auto name, auto help, bool is_count = false) {
    return FieldInfo{name, "Evaluation", help, is_count};
  };
  visit(row("eval_strategy", "when to evaluate"), &A::eval_strategy);
  visit(row("eval_steps", "updates between evaluations; below 1: fraction of the run; unset: --logging_steps", true),
        &A::eval_steps);
  visit(row("eval_delay", "updates or epochs (by --eval_strategy) before the first evaluation", true), &A::eval_delay);
  visit(row("eval_on_start", "evaluate once before the first update"), &A::eval_on_start);
  visit(row("prediction_loss_only", "evaluate the loss alone, no metrics"), &A::prediction_loss_only);
  visit(row("batch_eval_metrics", "compute metrics batch by batch, to save memory"), &A::batch_eval_metrics);
  visit(row("include_for_metrics", "what metrics get beside predictions and labels: inputs, loss"),
        &A::include_for_metrics);
  visit(row("eval_accumulation_steps", "batches of predictions kept on the device before they are moved to the host"),
        &A::eval_accumulation_steps);
}

template <class Visit>
void visit_checkpoint_fields(Visit& visit) {
  using A = TrainingArguments;
  constexpr auto row = [](auto name, auto help, bool is_count = false) {
    return FieldInfo{name, "Checkpoints", help, is_count};
  };
  visit(row("save_strategy", "when to save; best: whenever the metric improves"), &A::save_strategy);
  visit(row("save_steps", "updates between checkpoints; below 1: fraction of the run; 0: none", true), &A::save_steps);
  visit(row("save_total_limit", "checkpoints to keep; unset or 0: all"), &A::save_total_limit);
  visit(row("save_only_model", "save the weights alone; such a checkpoint cannot be continued exactly"),
        &A::save_only_model);
  visit(row("save_async", "write checkpoints on a thread of their own; the step waits for a copy in memory only"),
        &A::save_async);
  visit(row("load_best_model_at_end", "end with the best weights instead of the last"), &A::load_best_model_at_end);
  visit(row("metric_for_best_model", "metric that tells which model is best, with or without eval_"),
        &A::metric_for_best_model);
  visit(row("greater_is_better", "direction of that metric; unset: true unless its name ends in loss"),
        &A::greater_is_better);
  visit(row("ignore_data_skip", "after a resume begin the epoch at its first batch"), &A::ignore_data_skip);
  visit(row("restore_callback_states_from_checkpoint", "after a resume callbacks continue where they were"),
        &A::restore_callback_states_from_checkpoint);
  visit(row("enable_jit_checkpoint", "on SIGTERM save a checkpoint and end training as if it were done"),
        &A::enable_jit_checkpoint);
}

template <class Visit>
void visit_data_fields(Visit& visit) {
  using A = TrainingArguments;
  constexpr auto row = [](auto name, auto help) { return FieldInfo{name, "Data", help}; };
  visit(row("dataloader_drop_last", "leave out the last training batch of an epoch if it is short"),
        &A::dataloader_drop_last);
  visit(row("dataloader_num_workers", "threads that load data; 0: the training thread does"),
        &A::dataloader_num_workers);
  visit(row("dataloader_pin_memory", "load into page-locked memory, for faster copies to a GPU"),
        &A::dataloader_pin_memory);
  visit(row("dataloader_prefetch_factor", "batches that each loading thread prepares ahead"),
        &A::dataloader_prefetch_factor);
  visit(row("train_sampling_strategy", "order of the training data"), &A::train_sampling_strategy);
}

template <class Visit>
void visit_precision_fields(Visit& visit) {
  using A = TrainingArguments;
  constexpr auto row = [](auto name, auto help) { return FieldInfo{name, "Precision", help}; };
  visit(row("bf16", "train in bfloat16 mixed precision"), &A::bf16);
  visit(row("fp16", "train in float16 mixed precision"), &A::fp16);
  visit(row("bf16_full_eval", "evaluate in bfloat16"), &A::bf16_full_eval);
  visit(row("fp16_full_eval", "evaluate in float16"), &A::fp16_full_eval);
  visit(row("tf32", "allow TF32 in matrix products of a GPU; unset: LibTorch's choice"), &A::tf32);
  visit(row("gradient_checkpointing", "recompute activations in the backward pass: less memory, more time"),
        &A::gradient_checkpointing);
  visit(row("channels_last", "lay out the weights of convolutions with channels last: often faster for images"),
        &A::channels_last);
  visit(row("torch_empty_cache_steps", "updates between clearings of the device's memory cache; unset: never"),
        &A::torch_empty_cache_steps);
}

}  // namespace detail

/// Calls `visit(FieldInfo, pointer to member)` for every field of TrainingArguments, group by group.
template <class Visit>
void for_each_field(Visit&& visit) {
  detail::visit_run_fields(visit);
  detail::visit_length_fields(visit);
  detail::visit_optimizer_fields(visit);
  detail::visit_learning_rate_fields(visit);
  detail::visit_logging_fields(visit);
  detail::visit_evaluation_fields(visit);
  detail::visit_checkpoint_fields(visit);
  detail::visit_data_fields(visit);
  detail::visit_precision_fields(visit);
}

/// All fields under their names. Enumerations become the reference's strings, unset fields null. A ResolvedArguments
/// gives the values it was resolved from, completed.
Record arguments_to_record(const TrainingArguments& args);

/// `defaults`, changed by the items of `record`. Values may also be texts as on a command line ("5e-5", "true",
/// "none"). Throws one ConfigError that lists every unknown name and every value of another type.
TrainingArguments arguments_from_record(const Record& record, TrainingArguments defaults = {});

/// A field that another run, or this one before a resume, had set otherwise.
struct ArgumentDifference {
  std::string name;
  Value saved;
  Value now;
};

/// The fields in which `saved` (from arguments_to_record) and `now` differ, in the table's order. Fields that `saved`
/// lacks and resume_from_checkpoint, which says how to start and nothing about the run, are left out. A saved value
/// that cannot be read any more is a difference.
std::vector<ArgumentDifference> differing_arguments(const Record& saved, const TrainingArguments& now);

}  // namespace baton
