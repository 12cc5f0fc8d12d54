#include "src/core/training_run.h"

#include <algorithm>
#include <cmath>

#include "baton/core/errors.h"
#include "src/core/best_model.h"
#include "src/core/evaluation.h"
#include "src/core/stopping.h"

namespace baton {
namespace {

constexpr double kBatchShrink = 0.9;  // what auto_find_batch_size multiplies the batch with

}  // namespace

TrainOutput TrainingRun::train(const std::string& request) {
  if (run_.parts.ledger) run_.parts.ledger->begin_run();
  clean_up();
  std::optional<Resume> resume;
  if (const auto checkpoint = keeper_.find(request)) {
    run_.engine().check_fit(*checkpoint);
    run_.engine().load_model(*checkpoint);
    resume = Resume{*checkpoint, run_.parts.store.read(*checkpoint)};
    const auto& saved_batch = resume->saved.state.train_batch_size;
    if (run_.args.auto_find_batch_size && saved_batch) run_.engine().restart(*saved_batch);
    run_.lap(Phase::kSave);
  }
  for (;;) {
    try {
      return train_once(resume);
    } catch (const OutOfMemoryError&) {
      const auto smaller =
          static_cast<std::int64_t>(static_cast<double>(run_.engine().train_batch_size()) * kBatchShrink);
      if (!run_.args.auto_find_batch_size || evaluating_ || smaller < 1) throw;
      run_.engine().restart(smaller);
    }
  }
}

/// What cannot be removed does not hinder a training.
void TrainingRun::clean_up() {
  if (run_.engine().rank().rank != 0) return;
  try {
    run_.parts.store.clean_up();
  } catch (const CheckpointError& error) {
    run_.parts.notices.notice({"not_cleaned_up", error.what()});
  }
}

TrainOutput TrainingRun::train_once(const std::optional<Resume>& resume) {
  set_up_state();
  if (resume) restore(*resume);
  prepare_engine(resume);
  run_.handler.on_train_begin();
  if (run_.args.eval_on_start && !resume) evaluate();  // D23
  const bool stopped_by_owed_epoch = finish_owed_epoch();
  const bool finished = run_.state.global_step >= plan_.max_steps || stopped_before_;  // D2, D22
  if (!finished && !stopped_by_owed_epoch) run_epochs();
  return finish();
}

void TrainingRun::run_epochs() {
  for (std::int64_t epoch = start_.epoch; epoch < plan_.num_train_epochs; ++epoch) {
    run_epoch(epoch);
    start_ = {};  // only the first epoch begins in the middle
    if (run_.control.should_training_stop) return;
  }
}

void TrainingRun::run_epoch(std::int64_t epoch) {
  run_.handler.on_epoch_begin();
  micros_in_epoch_ = start_.skip;
  if (start_.skip == 0) load_pending_rng();
  run_.engine().begin_epoch(epoch, start_.skip);
  run_.lap(Phase::kData);
  std::int64_t update = start_.first_update;
  while (update < plan_.updates_per_epoch && run_window(epoch, update)) ++update;
  if (run_.parts.ledger) run_.parts.ledger->end_steps();
  if (had_too_little_data()) {
    run_.parts.notices.notice(
        {"no_samples", "Epoch " + std::to_string(epoch) + " had " +
                           (micros_in_epoch_ == 0 ? "no batch at all" : "too few batches for an update") + " at step " +
                           std::to_string(run_.state.global_step) + "; training stops. max_steps is " +
                           std::to_string(plan_.max_steps)});
    run_.control.should_training_stop = true;
  }
  run_.engine().zero_grad();  // of a window that was left early (D1)
  if (!run_.control.should_training_stop) set_place_in_stream(epoch + 1, 0);
  run_.handler.on_epoch_end();
  if (ends_early_) return;  // the round is for the resumed run
  const bool is_saved = run_round(Place::kEpochEnd);
  keeper_.poll();
  stop_if_asked(is_saved, false);
}

/// Every further pass over a stream that has too few batches for an update would be the same, without end.
bool TrainingRun::had_too_little_data() const {
  const bool was_left = run_.control.should_epoch_stop || run_.control.should_training_stop;
  return micros_in_epoch_ == 0 || (!plan_.sized && !was_left && micros_in_epoch_ < plan_.accumulation);
}

/// False when the epoch is over: no data left, or a flag says so.
bool TrainingRun::run_window(std::int64_t epoch, std::int64_t update_in_epoch) {
  if (run_.parts.ledger) run_.parts.ledger->begin_step();
  const int window = run_.engine().fetch_window(static_cast<int>(plan_.window(update_in_epoch)));
  run_.lap(Phase::kData);
  load_pending_rng();  // drawn from first by this window's steps, after the skip and the fetch
  for (int i = 0; i < window; ++i) {
    const bool begins_window = micros_in_epoch_ % plan_.accumulation == 0;
    ++micros_in_epoch_;
    if (begins_window) run_.handler.on_step_begin();
    run_micro_step(i, window);
    if (micros_in_epoch_ % plan_.accumulation == 0 || micros_in_epoch_ == plan_.batches_per_epoch) {
      update(epoch);
    } else {
      run_.handler.on_substep_end();
    }
    if (run_.control.should_epoch_stop || run_.control.should_training_stop) return false;
  }
  return window > 0;
}

void TrainingRun::run_micro_step(int index, int window) {
  const MicroResult result =
      run_.engine().micro_step({.index = index,
                                .divisor = static_cast<double>(window),
                                .leave_out_nonfinite = run_.args.logging_nan_inf_filter,
                                .updates_since_log = run_.state.global_step - run_.loop.last_logged,
                                .global_step = run_.state.global_step,
                                .ledger = run_.parts.ledger});
  run_.lap(Phase::kBackward);
  run_.state.num_input_tokens_seen += result.input_tokens;
  run_.pending_flos += result.flos;
}

void TrainingRun::update(std::int64_t epoch) {
  Engine& engine = run_.engine();
  engine.clip(run_.args.max_grad_norm, may_fold_clipping_);
  run_.lap(Phase::kOptimizer);
  run_.handler.on_pre_optimizer_step();
  run_.loop.last_learning_rate = run_.scheduler->learning_rate();
  const bool stepped = engine.optimizer_step(run_.loop.last_learning_rate);
  run_.lap(Phase::kOptimizer);
  run_.handler.on_optimizer_step();
  if (stepped) run_.scheduler->step();
  engine.zero_grad();
  run_.lap(Phase::kOptimizer);
  ++run_.state.global_step;
  run_.state.epoch = plan_.epoch_after(epoch, micros_in_epoch_);
  set_place_in_stream(epoch, micros_in_epoch_);
  run_.handler.on_step_end();
  const bool is_saved = run_round(Place::kStepEnd);
  keeper_.poll();
  stop_after_step(is_saved);
}

void TrainingRun::set_place_in_stream(std::int64_t epoch, std::int64_t batches) {
  if (plan_.sized) return;
  run_.loop.stream_epoch = epoch;
  run_.loop.stream_batches = batches;
}

bool TrainingRun::run_round(Place place) {
  const TrainerControl& control = run_.control;
  if (!control.should_log && !control.should_evaluate && !control.should_save) return false;
  if (run_.parts.ledger) run_.parts.ledger->end_steps();
  if (control.should_log && run_.state.global_step > run_.loop.last_logged) log_training();
  const bool new_best = control.should_evaluate && evaluate_and_track();
  const bool saves = control.should_save;
  if (saves) {
    keeper_.save(place == Place::kStepEnd && is_epoch_complete());
  } else if (new_best) {
    keeper_.keep_best_weights();
    run_.lap(Phase::kSave);
  }
  return saves;
}

bool TrainingRun::has_epoch_strategy() const {
  const ResolvedArguments& args = run_.args;
  return args.logging_strategy == LoggingStrategy::kEpoch || args.eval_strategy == EvalStrategy::kEpoch ||
         args.save_strategy == SaveStrategy::kEpoch;
}

/// Where on_epoch_end comes next it comes before the stop, or a resumed run would not have it; but it has one that its
/// checkpoint owes (D20).
void TrainingRun::stop_after_step(bool is_saved) {
  const bool is_complete = is_epoch_complete();
  const bool epoch_ends = is_complete || run_.control.should_epoch_stop || run_.control.should_training_stop;
  const bool resume_ends_epoch = is_complete && has_epoch_strategy();
  if (!epoch_ends || resume_ends_epoch) stop_if_asked(is_saved, is_complete);
}

void TrainingRun::stop_if_asked(bool is_saved, bool epoch_end_owed) {
  const int signal = run_.stop_signal();
  if (signal == 0) return;
  if (run_.parts.ledger) run_.parts.ledger->end_steps();
  if (!is_saved) keeper_.save(epoch_end_owed);
  keeper_.wait();
  const std::filesystem::path checkpoint = run_.parts.store.path_of_step(run_.state.global_step);
  if (signal != run_.jit_signal) throw_stopped(run_, checkpoint);
  tell_jit_checkpoint(run_, checkpoint);
  run_.parts.stop->answer();
  ends_early_ = true;
  run_.control.should_training_stop = true;  // not before the save, or a resume would end at once (D22)
}

void TrainingRun::log_training() {
  const LossRead loss = run_.engine().read_loss();
  run_.engine().reset_loss();
  LoopState& loop = run_.loop;
  LogRecord logs{{"loss", loss.loss_sum / static_cast<double>(run_.state.global_step - loop.last_logged)}};
  if (const auto norm = run_.grad_norm(loss)) logs.set("grad_norm", *norm);
  logs.set("learning_rate", loop.last_learning_rate);
  loop.loss_total += loss.loss_sum;
  loop.nonfinite_total += loss.nonfinite;
  loop.last_logged = run_.state.global_step;
  run_.flush_flos();
  const std::int64_t tokens = run_.state.num_input_tokens_seen - tokens_at_start_;
  log_record(run_, logs, speed_metrics("train", run_.seconds_since(start_ns_), {std::nullopt, std::nullopt, tokens}));
}

Record TrainingRun::evaluate() {
  evaluating_ = true;
  const auto& own = run_.parts.overrides.evaluate;
  Record metrics = own ? own() : evaluate_sets(run_, "eval");
  evaluating_ = false;
  return metrics;
}

bool TrainingRun::evaluate_and_track() {
  const Record metrics = evaluate();
  if (run_.args.metric_for_best_model.empty()) return false;
  const double value = watched_value(run_.args, metrics);
  if (run_.scheduler->is_metric_driven()) run_.scheduler->step_metric(value);
  const bool new_best = update_best(run_.args, value, run_.state);
  if (run_.args.save_strategy == SaveStrategy::kBest) run_.control.should_save = new_best;
  return new_best;
}

TrainOutput TrainingRun::finish() {
  const LossRead pending = run_.engine().read_loss();
  run_.engine().reset_loss();
  run_.flush_flos();
  const TrainerState& state = run_.state;
  const double updates = static_cast<double>(state.global_step - run_.loop.loss_from_step);
  const double train_loss = (run_.loop.loss_total + pending.loss_sum) / std::max(updates, 0.001);

  const auto planned = static_cast<double>(plan_.max_steps);
  const auto done = static_cast<double>(state.global_step - step_at_start_);  // D9: the work of this call
  const double samples_per_update =
      static_cast<double>(run_.engine().train_batch_size() * plan_.accumulation * run_.engine().rank().world_size);
  const auto epoch_samples = run_.engine().train_samples();
  const double planned_samples = run_.args.max_steps > 0 || !epoch_samples
                                     ? planned * samples_per_update
                                     : static_cast<double>(*epoch_samples) * run_.args.num_train_epochs;
  const double samples = planned > 0 ? planned_samples * done / planned : 0.0;

  LogRecord metrics = speed_metrics("train", run_.seconds_since(start_ns_), {samples, done, std::nullopt});
  metrics.set("total_flos", state.total_flos);
  metrics.set("train_loss", train_loss);
  log_record(run_, metrics);
  keeper_.finish(ends_early_);
  run_.lap(Phase::kSave);
  run_.handler.on_train_end();
  return {.global_step = state.global_step,
          .training_loss = train_loss,
          .metrics = metrics,
          .nonfinite_losses = run_.loop.nonfinite_total + pending.nonfinite,
          .time = run_.parts.ledger ? run_.parts.ledger->report() : TimeReport()};
}

}  // namespace baton
