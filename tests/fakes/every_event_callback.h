// EveryEventCallback: all events through one method, for callbacks of tests that treat them alike.
#pragma once

#include "baton/core/callback.h"
#include "baton/core/event_kind.h"

namespace baton::fakes {

class EveryEventCallback : public TrainerCallback {
 public:
  /// `record` is the map of a log, evaluation or prediction, else null.
  virtual void on_event(EventKind kind, Event& event, const Record* record) = 0;

  void on_init_end(InitEvent& event) override { on_event(EventKind::kInitEnd, event, nullptr); }
  void on_train_begin(TrainEvent& event) override { on_event(EventKind::kTrainBegin, event, nullptr); }
  void on_epoch_begin(EpochEvent& event) override { on_event(EventKind::kEpochBegin, event, nullptr); }
  void on_step_begin(StepEvent& event) override { on_event(EventKind::kStepBegin, event, nullptr); }
  void on_substep_end(StepEvent& event) override { on_event(EventKind::kSubstepEnd, event, nullptr); }
  void on_pre_optimizer_step(StepEvent& event) override { on_event(EventKind::kPreOptimizerStep, event, nullptr); }
  void on_optimizer_step(StepEvent& event) override { on_event(EventKind::kOptimizerStep, event, nullptr); }
  void on_step_end(StepEvent& event) override { on_event(EventKind::kStepEnd, event, nullptr); }
  void on_prepare_log(PrepareLogEvent& event) override { on_event(EventKind::kPrepareLog, event, &event.logs); }
  void on_log(LogEvent& event) override { on_event(EventKind::kLog, event, &event.logs); }
  void on_prediction_step(PredictionStepEvent& event) override { on_event(EventKind::kPredictionStep, event, nullptr); }
  void on_evaluate(EvaluateEvent& event) override { on_event(EventKind::kEvaluate, event, &event.metrics); }
  void on_predict(PredictEvent& event) override { on_event(EventKind::kPredict, event, &event.metrics); }
  void on_save(SaveEvent& event) override { on_event(EventKind::kSave, event, nullptr); }
  void on_epoch_end(EpochEvent& event) override { on_event(EventKind::kEpochEnd, event, nullptr); }
  void on_train_end(TrainEvent& event) override { on_event(EventKind::kTrainEnd, event, nullptr); }
  void on_exception(ExceptionEvent& event) override { on_event(EventKind::kException, event, nullptr); }
  void on_close(CloseEvent& event) override { on_event(EventKind::kClose, event, nullptr); }
};

}  // namespace baton::fakes
