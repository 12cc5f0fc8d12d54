// TrainerCallback: what a user derives from to watch and steer a run. Each event has a method that does nothing unless
// overridden. What the events carry: baton/core/events.h; when they fire, and which objects exist then: docs/events.md.
#pragma once

#include <memory>
#include <string>

#include "baton/core/events.h"
#include "baton/core/state.h"

namespace baton {

/// What a callback wants the engine to provide although it costs something. Asked once, when training begins.
struct Needs {
  /// Gradients are clipped before on_pre_optimizer_step; else an engine may clip within the optimizer's step.
  bool clipped_gradients = false;
};

/// Callbacks observe, and set flags on `event.control`; what else an event lets them change, its struct says. All
/// methods run on the training thread. An exception stops training after on_exception and on_close ran for all
/// callbacks.
class TrainerCallback {
 public:
  virtual ~TrainerCallback() = default;

  /// For lists and messages. Default: the class name without its namespaces.
  virtual std::string name() const;
  virtual Needs needs() const { return {}; }

  virtual void on_init_end(InitEvent&) {}
  virtual void on_train_begin(TrainEvent&) {}
  virtual void on_epoch_begin(EpochEvent&) {}
  virtual void on_step_begin(StepEvent&) {}
  virtual void on_substep_end(StepEvent&) {}
  virtual void on_pre_optimizer_step(StepEvent&) {}
  virtual void on_optimizer_step(StepEvent&) {}
  virtual void on_step_end(StepEvent&) {}
  virtual void on_prepare_log(PrepareLogEvent&) {}
  virtual void on_log(LogEvent&) {}
  virtual void on_prediction_step(PredictionStepEvent&) {}
  virtual void on_evaluate(EvaluateEvent&) {}
  virtual void on_predict(PredictEvent&) {}
  virtual void on_save(SaveEvent&) {}
  virtual void on_epoch_end(EpochEvent&) {}
  virtual void on_train_end(TrainEvent&) {}
  virtual void on_exception(ExceptionEvent&) {}
  virtual void on_close(CloseEvent&) {}
};

/// Mix-in for a callback whose state travels in checkpoints (hf-contract §4, D8, D16).
class StatefulCallback {
 public:
  virtual ~StatefulCallback() = default;
  /// A fixed text, the class name by custom; files hold it, so it must not depend on the compiler.
  virtual std::string state_key() const = 0;
  virtual CallbackState state() const = 0;
  /// Takes over a state that state() once returned, constructor arguments included. Throws StateError if it cannot.
  virtual void restore(const CallbackState& state) = 0;
};

}  // namespace baton
