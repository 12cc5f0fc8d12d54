// The part of TrainingRun that comes before the first step: lengths, state, what a checkpoint brings back.
#include "baton/core/errors.h"
#include "src/core/resume_notices.h"
#include "src/core/training_run.h"

namespace baton {
namespace {

/// D22: whether the run was being stopped, by something other than its length, when this was saved.
bool was_stopping(const TrainerState& saved) {
  for (const NamedStates& named : saved.stateful_callbacks) {
    if (named.key != "TrainerControl" || named.states.empty()) continue;
    return named.states.front().args.number("should_training_stop") == 1.0 && saved.global_step < saved.max_steps;
  }
  return false;
}

/// Where a stream goes on: how many updates one of its passes has is not known, so its place is written down.
ResumePoint place_in_stream(const LoopState& saved, std::int64_t accumulation, bool ignore_data_skip) {
  if (ignore_data_skip) return {.epoch = saved.stream_epoch};
  return {
      .epoch = saved.stream_epoch, .first_update = saved.stream_batches / accumulation, .skip = saved.stream_batches};
}

/// A checkpoint of the reference does not say what was pending: its sums begin here (D10, D14).
LoopState loop_state_of(const SavedRun& saved) {
  if (saved.loop) return *saved.loop;
  return {.last_logged = saved.state.global_step, .loss_from_step = saved.state.global_step};
}

}  // namespace

void TrainingRun::set_up_state() {
  Engine& engine = run_.engine();
  plan_ = plan_steps(engine.train_batches(), run_.args.gradient_accumulation_steps, run_.args.num_train_epochs,
                     run_.args.max_steps);
  start_ = {};
  stopped_before_ = false;
  rng_from_.reset();
  keeper_.start_over();
  run_.loop = {};
  run_.pending_flos = 0.0;
  run_.state = {};
  run_.state.stateful_callbacks = run_.handler.export_states();
}

void TrainingRun::restore(const Resume& resume) {
  const SavedRun& saved = resume.saved;
  tell_changed_arguments(run_.args, run_.engine().train_batch_size(), saved, run_.parts.notices);
  run_.state = saved.state;
  run_.loop = loop_state_of(saved);
  start_ = resume_point(plan_, saved.state.global_step, run_.args.ignore_data_skip);
  if (!plan_.sized && saved.loop) start_ = place_in_stream(*saved.loop, plan_.accumulation, run_.args.ignore_data_skip);
  rng_from_ = resume.checkpoint;
  keeper_.resumed_from(resume.checkpoint);
  run_.handler.companions_resumed({resume.checkpoint, saved, run_.args, keeper_.is_newest(saved.state.global_step)});
  if (run_.args.restore_callback_states_from_checkpoint) {
    run_.handler.restore_states(saved.state.stateful_callbacks);
    run_.control.should_save = false;  // it was set while that checkpoint was being written
    stopped_before_ = saved.loop && was_stopping(saved.state);
  }
}

void TrainingRun::prepare_engine(const std::optional<Resume>& resume) {
  Engine& engine = run_.engine();
  const ResolvedArguments& args = run_.args;
  TrainerState& state = run_.state;
  state.max_steps = plan_.max_steps;
  state.num_train_epochs = plan_.num_train_epochs;
  // A resumed state keeps the one it was saved with, unless memory ran out since.
  if (!resume || args.auto_find_batch_size) state.train_batch_size = engine.train_batch_size();
  state.logging_steps =
      absolute_steps(args.logging_steps, plan_.max_steps);  // D5: of the current arguments, also after a resume
  state.eval_steps = args.eval_steps > 0.0 ? absolute_steps(args.eval_steps, plan_.max_steps) : Value(500);
  state.save_steps = absolute_steps(args.save_steps, plan_.max_steps);
  const std::optional<Trial>& trial = run_.parts.trial;
  state.is_hyper_param_search = trial.has_value();
  state.trial_name = trial ? Value(trial->name) : Value();
  state.trial_params = trial ? Value(trial->params) : Value();
  state.is_local_process_zero = engine.rank().local_rank == 0;
  state.is_world_process_zero = engine.rank().rank == 0;

  engine.prepare(plan_.max_steps);
  create_scheduler();
  engine.objects().put(ObjectKind::kLrScheduler, *run_.scheduler);
  if (resume) {
    if (const auto stored = engine.load_optimizer(resume->checkpoint)) run_.scheduler->restore(*stored);
  }
  engine.zero_grad();
  engine.restore_loss(run_.loop.loss_since_log, run_.loop.nonfinite_since_log);
  may_fold_clipping_ = !run_.handler.needs().clipped_gradients;
  start_ns_ = run_.parts.clock.now_ns();
  step_at_start_ = state.global_step;
  tokens_at_start_ = state.num_input_tokens_seen;
}

void TrainingRun::create_scheduler() {
  const LrScheduleSpec spec{.type = run_.args.lr_scheduler_type,
                            .learning_rate = run_.engine().base_learning_rate(run_.args.learning_rate),
                            .warmup_steps = warmup_updates(run_.args.warmup_steps, plan_.max_steps),
                            .max_steps = plan_.max_steps,
                            .kwargs = run_.args.lr_scheduler_kwargs};
  const auto& own = run_.parts.overrides.create_scheduler;
  run_.scheduler.emplace(own ? own(spec) : LrScheduler(spec));
}

/// D20. True if training is to stop after it.
bool TrainingRun::finish_owed_epoch() {
  if (!run_.loop.epoch_end_owed || !plan_.sized || !has_epoch_strategy()) return false;
  run_.loop.epoch_end_owed = false;
  load_pending_rng();
  run_.control.should_training_stop |= stopped_before_ || run_.state.global_step >= plan_.max_steps;
  run_.handler.on_epoch_end();
  stop_if_asked(run_round(Place::kEpochEnd), false);
  return run_.control.should_training_stop;
}

void TrainingRun::load_pending_rng() {
  if (!rng_from_) return;
  run_.engine().load_rng(*rng_from_);
  rng_from_.reset();
}

}  // namespace baton
