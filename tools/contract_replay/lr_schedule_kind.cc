// Kind lr_schedule: multipliers over the steps of a closed form, or rates after each metric of a metric-driven
// schedule.
#include "baton/core/errors.h"
#include "baton/core/lr_schedule.h"
#include "src/core/argument_values.h"
#include "tools/contract_replay/kinds.h"

namespace baton::replay {
namespace {

std::int64_t integer_or_zero(const Record& row, std::string_view key) {
  const Value* value = row.find(key);
  return value != nullptr && value->is_integer() ? *value->integer() : 0;
}

LrScheduleSpec spec_of(const Record& row, LrSchedulerType type) {
  LrScheduleSpec spec{.type = type,
                      .learning_rate = row.number("lr"),
                      .warmup_steps = integer_or_zero(row, "warmup_steps"),
                      .max_steps = integer_or_zero(row, "max_steps")};
  const Value* kwargs = row.find("kwargs");
  if (kwargs != nullptr && kwargs->record() != nullptr) spec.kwargs = *kwargs->record();
  return spec;
}

Record multipliers(LrScheduler& schedule, double base, std::int64_t steps) {
  Value::List values{schedule.learning_rate() / base};
  for (std::int64_t step = 0; step < steps; ++step) {
    schedule.step();
    values.emplace_back(schedule.learning_rate() / base);
  }
  return {{"multipliers", std::move(values)}};
}

Record rates(LrScheduler& schedule, const Value::List& metrics) {
  Value::List values{schedule.learning_rate()};
  for (const Value& metric : metrics) {
    schedule.step_metric(metric.number());
    values.emplace_back(schedule.learning_rate());
  }
  return {{"lrs", std::move(values)}};
}

Record answer(const Record& row, LrSchedulerType type) {
  try {
    const LrScheduleSpec spec = spec_of(row, type);
    LrScheduler schedule(spec);
    const Value* metrics = row.find("metrics");
    if (metrics != nullptr) return rates(schedule, *metrics->list());
    return multipliers(schedule, spec.learning_rate, integer_or_zero(row, "steps"));
  } catch (const Error& error) {
    return {{"error", error_answer(error, "call")}};
  }
}

}  // namespace

Value replay_lr_schedule(const Record& test_case) {
  LrSchedulerType type{};
  const Value& name = *test_case.find("name_of_schedule");
  if (!from_value(name, type)) throw ConfigError("there is no schedule " + *name.text());
  const Value rows = from_case(*test_case.find("rows"));
  Value::List answers;
  for (const Value& row : *rows.list()) answers.push_back(to_answer(answer(*row.record(), type)));
  return Record{{"rows", std::move(answers)}};
}

}  // namespace baton::replay
