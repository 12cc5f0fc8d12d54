#include "src/train/checkpoint/schedule_file.h"

#include <utility>

#include "baton/core/errors.h"
#include "src/train/checkpoint/pt_record.h"

namespace baton::train {
namespace {

constexpr const char* kRates = "_last_lr";               // of all groups
constexpr const char* kOwnRate = "baton_learning_rate";  // before any factor; Python passes it on, or drops it

Value::List times(double rate, const std::vector<double>& factors) {
  Value::List rates;
  for (const double factor : factors) rates.emplace_back(rate * factor);
  return rates;
}

/// As torch's LambdaLR, which every closed form is in Python.
Record closed_form(const LrScheduler& schedule, double base_rate, const std::vector<double>& factors) {
  const std::int64_t steps = schedule.state().steps;
  return {{"base_lrs", times(base_rate, factors)},
          {"last_epoch", steps},
          {"_step_count", steps + 1},
          {"_is_initial", false},
          {"_get_lr_called_within_step", false},
          {kRates, times(schedule.learning_rate(), factors)},
          {"lr_lambdas", Value::List(factors.size(), Record())}};
}

}  // namespace

pt::Value schedule_to_pt(const LrScheduler& schedule, double base_rate, const std::vector<double>& factors) {
  if (!schedule.is_metric_driven()) return to_pt(closed_form(schedule, base_rate, factors));
  Record memory = schedule.state().metric;
  memory.set(kRates, times(schedule.learning_rate(), factors));
  memory.set(kOwnRate, schedule.learning_rate());
  return to_pt(memory);
}

LrSchedulerState schedule_from_pt(const pt::Value& value, const std::vector<double>& factors,
                                  const std::string& where) {
  std::optional<Value> plain = from_pt(value);
  if (!plain || !plain->record()) throw CheckpointError(where + ": it is not a dict of plain values");
  Record memory = *plain->record();
  const Value* own = memory.find(kOwnRate);
  const Value* rates = memory.find(kRates);
  const Value::List* list = rates ? rates->list() : nullptr;
  if (own && own->is_number()) {
    memory.set(kRates, Value::List{own->number()});
  } else if (list && !list->empty() && list->front().is_number() && factors.front() != 0.0) {
    memory.set(kRates, Value::List{list->front().number() / factors.front()});
  }
  memory.erase(kOwnRate);
  const Value* steps = memory.find("last_epoch");
  if (steps && !steps->integer()) throw CheckpointError(where + ": \"last_epoch\" is not a whole number");
  return {.steps = steps ? *steps->integer() : 0, .metric = std::move(memory)};
}

}  // namespace baton::train
