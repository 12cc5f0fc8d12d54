// The callbacks that cases name (README of the cases, §4), and the recorder that writes the trace.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "baton/core/callback.h"
#include "baton/core/callback_handler.h"

namespace baton::replay {

/// What a Script callback throws.
class ScriptError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Events come to the replayer's callbacks through one method, by the name the cases use.
class EveryEvent : public TrainerCallback {
 public:
  /// `extra` is the log or metric map of the event, if it has one.
  virtual void on_event(const std::string& event, Event& context, const Record* extra) = 0;

  void on_init_end(InitEvent& e) override { on_event("init_end", e, nullptr); }
  void on_train_begin(TrainEvent& e) override { on_event("train_begin", e, nullptr); }
  void on_epoch_begin(EpochEvent& e) override { on_event("epoch_begin", e, nullptr); }
  void on_step_begin(StepEvent& e) override { on_event("step_begin", e, nullptr); }
  void on_substep_end(StepEvent& e) override { on_event("substep_end", e, nullptr); }
  void on_pre_optimizer_step(StepEvent& e) override { on_event("pre_optimizer_step", e, nullptr); }
  void on_optimizer_step(StepEvent& e) override { on_event("optimizer_step", e, nullptr); }
  void on_step_end(StepEvent& e) override { on_event("step_end", e, nullptr); }
  void on_log(LogEvent& e) override { on_event("log", e, &e.logs); }
  void on_prediction_step(PredictionStepEvent& e) override { on_event("prediction_step", e, nullptr); }
  void on_evaluate(EvaluateEvent& e) override { on_event("evaluate", e, &e.metrics); }
  void on_predict(PredictEvent& e) override { on_event("predict", e, &e.metrics); }
  void on_save(SaveEvent& e) override { on_event("save", e, nullptr); }
  void on_epoch_end(EpochEvent& e) override { on_event("epoch_end", e, nullptr); }
  void on_train_end(TrainEvent& e) override { on_event("train_end", e, nullptr); }
};

/// Writes one entry of the trace an event, in the long form.
class Recorder final : public EveryEvent {
 public:
  std::string name() const override { return "Recorder"; }
  void on_event(const std::string& event, Event& context, const Record* extra) override;
  const Value::List& trace() const { return trace_; }

 private:
  Value::List trace_;
};

/// The user callbacks of a phase, in order.
CallbackList callbacks_of_phase(const Record& phase);

/// Names of the flags that are set, in the order training_stop, epoch_stop, save, evaluate, log.
Value::List flag_names(const TrainerControl& control);

}  // namespace baton::replay
