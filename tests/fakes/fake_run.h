// FakeRun: everything an event refers to, and one verb per event, so that a test drives a callback by hand:
//   FakeRun run;
//   run.args.logging_steps = 2;
//   run.at_step(2).step_end(callback);
//   EXPECT_TRUE(run.control.should_log);
// The verbs only call the callback; flags are reset by the handler, so a test that wants that does it itself.
#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <optional>

#include "baton/core/callback.h"
#include "tests/fakes/recording_notices.h"

namespace baton::fakes {

struct FakeRun {
  ResolvedArguments args;
  TrainerState state = started(100);
  TrainerControl control;
  Objects objects;
  RecordingNotices notices;

  Event event() { return {args, state, control, objects, notices}; }

  FakeRun& at_step(std::int64_t step) {
    state.global_step = step;
    return *this;
  }

  void init_end(TrainerCallback& callback) { call(callback, &TrainerCallback::on_init_end, InitEvent{event()}); }
  void train_begin(TrainerCallback& callback) { call(callback, &TrainerCallback::on_train_begin, TrainEvent{event()}); }
  void epoch_begin(TrainerCallback& callback) { call(callback, &TrainerCallback::on_epoch_begin, EpochEvent{event()}); }
  void step_begin(TrainerCallback& callback) { call(callback, &TrainerCallback::on_step_begin, StepEvent{event()}); }
  void substep_end(TrainerCallback& callback) { call(callback, &TrainerCallback::on_substep_end, StepEvent{event()}); }
  void pre_optimizer_step(TrainerCallback& callback) {
    call(callback, &TrainerCallback::on_pre_optimizer_step, StepEvent{event()});
  }
  void optimizer_step(TrainerCallback& callback) {
    call(callback, &TrainerCallback::on_optimizer_step, StepEvent{event()});
  }
  void step_end(TrainerCallback& callback) { call(callback, &TrainerCallback::on_step_end, StepEvent{event()}); }
  void prepare_log(TrainerCallback& callback, LogRecord& logs) {
    call(callback, &TrainerCallback::on_prepare_log, PrepareLogEvent{event(), logs});
  }
  void log(TrainerCallback& callback, const LogRecord& logs) {
    call(callback, &TrainerCallback::on_log, LogEvent{event(), logs});
  }
  void prediction_step(TrainerCallback& callback, std::optional<std::int64_t> batches) {
    call(callback, &TrainerCallback::on_prediction_step, PredictionStepEvent{event(), batches});
  }
  void evaluate(TrainerCallback& callback, Record metrics) {
    call(callback, &TrainerCallback::on_evaluate, EvaluateEvent{event(), metrics});
  }
  void predict(TrainerCallback& callback, Record metrics) {
    call(callback, &TrainerCallback::on_predict, PredictEvent{event(), metrics});
  }
  void save(TrainerCallback& callback, const std::filesystem::path& checkpoint) {
    call(callback, &TrainerCallback::on_save, SaveEvent{event(), checkpoint, state.global_step});
  }
  void epoch_end(TrainerCallback& callback) { call(callback, &TrainerCallback::on_epoch_end, EpochEvent{event()}); }
  void train_end(TrainerCallback& callback) { call(callback, &TrainerCallback::on_train_end, TrainEvent{event()}); }
  void exception(TrainerCallback& callback, std::exception_ptr error) {
    call(callback, &TrainerCallback::on_exception, ExceptionEvent{event(), std::move(error)});
  }
  void close(TrainerCallback& callback, RunStatus status = RunStatus::kFinished) {
    call(callback, &TrainerCallback::on_close, CloseEvent{event(), status});
  }

 private:
  static TrainerState started(std::int64_t max_steps) {
    TrainerState state;
    state.max_steps = max_steps;
    return state;
  }

  template <class Payload>
  static void call(TrainerCallback& callback, void (TrainerCallback::*method)(Payload&), Payload event) {
    (callback.*method)(event);
  }
};

}  // namespace baton::fakes
