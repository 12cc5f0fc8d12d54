// Kind progress_bar: where the two bars stand after each event.
#include "baton/callbacks/progress.h"
#include "tools/contract_replay/kinds.h"
#include "tools/contract_replay/silent_console.h"
#include "tools/contract_replay/unit_run.h"

#include <optional>
#include <stdexcept>
#include <string>

namespace baton::replay {
namespace {

void fire(ProgressCallback& callback, const Event& event, const Record& what) {
  const std::string& name = *what.find("event")->text();
  const Value* batches = what.find("batches");
  Record record;
  TrainEvent train{event};
  StepEvent step{event};
  LogEvent log{event, record};
  PredictionStepEvent prediction{event, batches == nullptr ? std::nullopt : std::optional(*batches->integer())};
  EvaluateEvent evaluate{event, record};
  PredictEvent predict{event, record};
  if (name == "train_begin") return callback.on_train_begin(train);
  if (name == "step_end") return callback.on_step_end(step);
  if (name == "log") return callback.on_log(log);
  if (name == "prediction_step") return callback.on_prediction_step(prediction);
  if (name == "evaluate") return callback.on_evaluate(evaluate);
  if (name == "predict") return callback.on_predict(predict);
  if (name == "train_end") return callback.on_train_end(train);
  throw std::invalid_argument("progress_bar: no event \"" + name + "\"");
}

Value answer(const std::optional<BarState>& bar) {
  if (!bar) return nullptr;
  return Value::List{bar->position, bar->total ? Value(*bar->total) : Value(), bar->keep};
}

Value replay_row(const Record& row) {
  UnitRun run;
  run.state.is_world_process_zero = flag_in(row, "world_zero", true);
  SilentConsole console;
  ProgressCallback callback(console.get());
  Value::List answers;
  for (const Value& what : *row.find("events")->list()) {
    const Record& event = *what.record();
    if (const Value* steps = event.find("max_steps")) run.state.max_steps = *steps->integer();
    if (const Value* step = event.find("global_step")) run.state.global_step = *step->integer();
    fire(callback, run.event(), event);
    answers.push_back(
        Record{{"train", answer(callback.training_bar())}, {"predict", answer(callback.prediction_bar())}});
  }
  return answers;
}

}  // namespace

Value replay_progress_bar(const Record& test_case) {
  Value::List rows;
  for (const Value& row : *test_case.find("rows")->list()) rows.push_back(replay_row(*row.record()));
  return Record{{"rows", rows}};
}

}  // namespace baton::replay
