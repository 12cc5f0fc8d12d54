// LambdaCallback: a callback for a few lines that need no class.
//   trainer.add_callback(std::make_shared<LambdaCallback>(LambdaEvents{
//       .on_log = [](LogEvent& event) { if (event.logs.number("loss") > 10) event.control.should_training_stop = true;
//       },
//   }));
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "baton/core/callback.h"

namespace baton {

/// What to do at which event; the others stay empty.
struct LambdaEvents {
  std::string name = "LambdaCallback";  ///< for lists and messages
  std::function<void(InitEvent&)> on_init_end{};
  std::function<void(TrainEvent&)> on_train_begin{};
  std::function<void(EpochEvent&)> on_epoch_begin{};
  std::function<void(StepEvent&)> on_step_begin{};
  std::function<void(StepEvent&)> on_substep_end{};
  std::function<void(StepEvent&)> on_pre_optimizer_step{};
  std::function<void(StepEvent&)> on_optimizer_step{};
  std::function<void(StepEvent&)> on_step_end{};
  std::function<void(PrepareLogEvent&)> on_prepare_log{};
  std::function<void(LogEvent&)> on_log{};
  std::function<void(PredictionStepEvent&)> on_prediction_step{};
  std::function<void(EvaluateEvent&)> on_evaluate{};
  std::function<void(PredictEvent&)> on_predict{};
  std::function<void(SaveEvent&)> on_save{};
  std::function<void(EpochEvent&)> on_epoch_end{};
  std::function<void(TrainEvent&)> on_train_end{};
  std::function<void(ExceptionEvent&)> on_exception{};
  std::function<void(CloseEvent&)> on_close{};
};

class LambdaCallback : public TrainerCallback {
 public:
  explicit LambdaCallback(LambdaEvents events) : events_(std::move(events)) {}

  std::string name() const override { return events_.name; }

  void on_init_end(InitEvent& event) override { call(events_.on_init_end, event); }
  void on_train_begin(TrainEvent& event) override { call(events_.on_train_begin, event); }
  void on_epoch_begin(EpochEvent& event) override { call(events_.on_epoch_begin, event); }
  void on_step_begin(StepEvent& event) override { call(events_.on_step_begin, event); }
  void on_substep_end(StepEvent& event) override { call(events_.on_substep_end, event); }
  void on_pre_optimizer_step(StepEvent& event) override { call(events_.on_pre_optimizer_step, event); }
  void on_optimizer_step(StepEvent& event) override { call(events_.on_optimizer_step, event); }
  void on_step_end(StepEvent& event) override { call(events_.on_step_end, event); }
  void on_prepare_log(PrepareLogEvent& event) override { call(events_.on_prepare_log, event); }
  void on_log(LogEvent& event) override { call(events_.on_log, event); }
  void on_prediction_step(PredictionStepEvent& event) override { call(events_.on_prediction_step, event); }
  void on_evaluate(EvaluateEvent& event) override { call(events_.on_evaluate, event); }
  void on_predict(PredictEvent& event) override { call(events_.on_predict, event); }
  void on_save(SaveEvent& event) override { call(events_.on_save, event); }
  void on_epoch_end(EpochEvent& event) override { call(events_.on_epoch_end, event); }
  void on_train_end(TrainEvent& event) override { call(events_.on_train_end, event); }
  void on_exception(ExceptionEvent& event) override { call(events_.on_exception, event); }
  void on_close(CloseEvent& event) override { call(events_.on_close, event); }

 private:
  template <class Function, class Payload>
  static void call(const Function& function, Payload& event) {
    if (function) function(event);
  }

  LambdaEvents events_;
};

}  // namespace baton
