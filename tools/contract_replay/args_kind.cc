// Kinds args (which arguments are refused, and what unset ones become) and greater_is_better.
#include "baton/core/argument_fields.h"
#include "baton/core/errors.h"
#include "tools/contract_replay/kinds.h"

namespace baton::replay {
namespace {

DataFacts data_of(const Record& row) {
  const Value* train = row.find("train");
  const Value* sized = train && train->record() ? train->record()->find("sized") : nullptr;
  const Value* eval = row.find("eval");
  return {.train_data_is_sized = !sized || *sized == Value(true), .has_eval_data = eval && !eval->is_null()};
}

Record resolved_answer(const TrainingArguments& args) {
  const Record all = arguments_to_record(args);
  Record chosen;
  for (const char* name :
       {"logging_strategy", "logging_steps", "eval_strategy", "eval_steps", "save_strategy", "save_steps",
        "metric_for_best_model", "greater_is_better", "load_best_model_at_end", "max_steps", "warmup_steps"}) {
    chosen.set(name, to_answer(*all.find(name)));
  }
  return {{"resolved", chosen}};
}

/// Builds the arguments, then what a trainer would check with them.
Record replay_row(const Record& row) {
  std::string stage = "args";
  try {
    const TrainingArguments given = arguments_from_record(*from_case(*row.find("args")).record());
    const TrainingArguments args = resolve(given);
    stage = "trainer";
    if (auto problems = data_problems(args, data_of(row)); !problems.empty()) throw ConfigError(problems);
    return resolved_answer(args);
  } catch (const ConfigError& error) {
    return {{"error", error_answer(error, stage)}};
  }
}

}  // namespace

Value replay_args(const Record& test_case) {
  Value::List rows;
  for (const Value& row : *test_case.find("rows")->list()) rows.push_back(replay_row(*row.record()));
  return Record{{"rows", rows}};
}

Value replay_greater_is_better(const Record& test_case) {
  Value::List rows;
  for (const Value& metric : *test_case.find("rows")->list())
    rows.emplace_back(greater_is_better_by_name(*metric.text()));
  return Record{{"rows", rows}};
}

}  // namespace baton::replay
