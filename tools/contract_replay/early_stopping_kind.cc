// Kind early_stopping: one callback a row, its counter and the stop flag after each evaluation.
#include "baton/callbacks/early_stopping.h"
#include "tools/contract_replay/kinds.h"
#include "tools/contract_replay/unit_run.h"

#include <cmath>
#include <optional>

namespace baton::replay {
namespace {

EarlyStoppingCallback callback_of(const Record& row) {
  const Value* given = row.find("args");
  const Record args = given == nullptr ? Record() : *given->record();
  const Value* patience = args.find("early_stopping_patience");
  const Value* threshold = args.find("early_stopping_threshold");
  return EarlyStoppingCallback(patience == nullptr ? 1 : *patience->integer(),
                               threshold == nullptr ? 0.0 : threshold->number());
}

Value replay_row(const Record& row) {
  UnitRun run;
  run.args.metric_for_best_model = *row.find("metric_for_best_model")->text();
  run.args.greater_is_better = *row.find("greater_is_better")->boolean();
  EarlyStoppingCallback callback = callback_of(row);
  Value::List answers;
  for (const Value& evaluation : *row.find("evaluations")->list()) {
    const Value* best = evaluation.record()->find("best_metric");
    run.state.best_metric = best->is_null() ? std::nullopt : std::optional(best->number());
    Record metrics = *evaluation.record()->find("metrics")->record();
    EvaluateEvent event{run.event(), metrics};
    callback.on_evaluate(event);
    answers.push_back(Value::List{callback.counter(), run.control.should_training_stop});
  }
  return answers;
}

}  // namespace

Value replay_early_stopping(const Record& test_case) {
  const Value whole = from_case(test_case);
  Value::List rows;
  for (const Value& row : *whole.record()->find("rows")->list()) rows.push_back(replay_row(*row.record()));
  return Record{{"rows", rows}};
}

}  // namespace baton::replay
