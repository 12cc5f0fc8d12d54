// Kinds arithmetic, warmup, cadence and speed_metrics: pure functions, one row an argument list.
#include "baton/core/errors.h"
#include "baton/core/lr_schedule.h"
#include "baton/core/step_plan.h"
#include "tools/contract_replay/kinds.h"

namespace baton::replay {
namespace {

/// Answers every row of the case; a row that Baton refuses is answered with "error".
template <class Answer>
Value answer_rows(const Record& test_case, Answer answer) {
  const Value whole = from_case(test_case);
  Value::List rows;
  for (const Value& row : *whole.record()->find("rows")->list()) {
    try {
      rows.push_back(answer(*row.list()));
    } catch (const ConfigError&) {
      rows.emplace_back("error");
    }
  }
  return Record{{"rows", std::move(rows)}};
}

Record by_column(const Value::List& columns, const Value::List& row) {
  Record named;
  for (std::size_t i = 0; i < row.size(); ++i) named.set(*columns.at(i).text(), row[i]);
  return named;
}

std::optional<double> number_if_given(const Value& value) {
  return value.is_null() ? std::nullopt : std::optional(value.number());
}

Value lengths(const Record& row) {
  const auto integer = [&row](const char* name) { return *row.find(name)->integer(); };
  const auto flag = [&row](const char* name) { return *row.find(name)->boolean(); };
  const auto batches = batch_count(integer("samples"), integer("batch"), flag("drop_last"));
  const auto plan = plan_steps(flag("sized") ? std::optional(batches) : std::nullopt, integer("accumulation"),
                               row.number("epochs"), integer("max_steps"));
  return Value::List{plan.batches_per_epoch, plan.updates_per_epoch, plan.max_steps, plan.num_train_epochs};
}

Value cadence(const Value& steps, std::int64_t max_steps) {
  return steps.is_null() ? Value(500) : absolute_steps(steps.number(), max_steps);
}

}  // namespace

Value replay_arithmetic(const Record& test_case) {
  const Value::List& columns = *test_case.find("columns")->list();
  return answer_rows(test_case, [&](const Value::List& row) { return lengths(by_column(columns, row)); });
}

Value replay_warmup(const Record& test_case) {
  return answer_rows(test_case, [](const Value::List& row) -> Value {
    return warmup_updates(row.at(0).number(), *row.at(1).integer());
  });
}

Value replay_cadence(const Record& test_case) {
  return answer_rows(test_case, [](const Value::List& row) -> Value {
    const std::int64_t max_steps = *row.at(3).integer();
    return to_answer(Value::List{cadence(row[0], max_steps), cadence(row[1], max_steps), cadence(row[2], max_steps)});
  });
}

Value replay_speed_metrics(const Record& test_case) {
  return answer_rows(test_case, [](const Value::List& row) -> Value {
    WorkDone work{.samples = number_if_given(row.at(2)), .steps = number_if_given(row.at(3))};
    if (const std::int64_t* tokens = row.at(4).integer()) work.tokens = *tokens;
    return to_answer(speed_metrics(*row[0].text(), row[1].number(), work));
  });
}

}  // namespace baton::replay
