#include "baton/core/step_plan.h"

#include "baton/core/errors.h"
#include "src/base/number_text.h"
#include "src/core/argument_values.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace baton {
namespace {

constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();

std::int64_t divide_rounding_up(std::int64_t dividend, std::int64_t divisor) {
  return dividend / divisor + (dividend % divisor > 0 ? 1 : 0);
}

// Of two numbers that are not negative. The product only serves as a denominator or a bound, so it may be capped.
std::int64_t capped_product(std::int64_t a, std::int64_t b) { return b != 0 && a > kLargest / b ? kLargest : a * b; }

std::int64_t rounded_up(double value, const char* what) {
  const double up = std::ceil(value);
  if (up >= -0x1p63 && up < 0x1p63) return static_cast<std::int64_t>(up);
  throw ConfigError(std::string(what) + " is " + float_repr(value) + ", expected a number that 64 bits can hold");
}

void check_positive(std::int64_t value, const char* what) {
  if (value < 1) throw ConfigError(std::string(what) + " is " + std::to_string(value) + ", expected at least 1");
}

StepPlan plan_unsized(bool has_length, std::int64_t accumulation, std::int64_t max_steps) {
  if (max_steps < 1) {
    throw ConfigError("max_steps is " + std::to_string(max_steps) +
                      ", expected a positive number: the training data has no length or not a single batch");
  }
  return {.batches_per_epoch = has_length ? 0 : capped_product(max_steps, accumulation),
          .updates_per_epoch = max_steps,
          .max_steps = max_steps,
          .num_train_epochs = kEndlessEpochs,
          .accumulation = accumulation,
          .sized = false};
}

StepPlan plan_sized(std::int64_t batches, std::int64_t accumulation, double num_train_epochs, std::int64_t max_steps) {
  StepPlan plan{.batches_per_epoch = batches,
                .updates_per_epoch = divide_rounding_up(batches, accumulation),
                .max_steps = max_steps,
                .accumulation = accumulation};
  if (max_steps > 0) {
    plan.num_train_epochs = divide_rounding_up(max_steps, plan.updates_per_epoch);
  } else {
    const double updates = num_train_epochs * static_cast<double>(plan.updates_per_epoch);
    plan.max_steps = rounded_up(updates, "num_train_epochs in updates");
    plan.num_train_epochs = rounded_up(num_train_epochs, "num_train_epochs");
  }
  return plan;
}

}  // namespace

std::int64_t batch_count(std::int64_t samples, std::int64_t batch_size, bool drop_last) {
  check_positive(batch_size, "the batch size");
  return drop_last ? samples / batch_size : divide_rounding_up(samples, batch_size);
}

std::int64_t StepPlan::window(std::int64_t update) const {
  const std::int64_t rest = batches_per_epoch % accumulation;
  const bool is_short = sized && update + 1 == updates_per_epoch && rest > 0;
  return is_short ? rest : accumulation;
}

double StepPlan::epoch_after(std::int64_t epoch, std::int64_t batches) const {
  if (batches_per_epoch == 0) return static_cast<double>(epoch);
  return static_cast<double>(epoch) + static_cast<double>(batches) / static_cast<double>(batches_per_epoch);
}

StepPlan plan_steps(std::optional<std::int64_t> batches_per_epoch, std::int64_t accumulation, double num_train_epochs,
                    std::int64_t max_steps) {
  check_positive(accumulation, "gradient_accumulation_steps");
  if (max_steps == 0) throw ConfigError("max_steps is 0, expected a positive number, or -1 for a length in epochs");
  if (batches_per_epoch.value_or(0) < 1) return plan_unsized(batches_per_epoch.has_value(), accumulation, max_steps);
  return plan_sized(*batches_per_epoch, accumulation, num_train_epochs, max_steps);
}

Value absolute_steps(double steps, std::int64_t max_steps) {
  if (steps < 1.0) return rounded_up(static_cast<double>(max_steps) * steps, "a cadence in updates");
  return plain_number(steps);
}

ResumePoint resume_point(const StepPlan& plan, std::int64_t global_step, bool ignore_data_skip) {
  const std::int64_t updates = std::max<std::int64_t>(plan.updates_per_epoch, 1);
  ResumePoint point{.epoch = global_step / updates};
  if (ignore_data_skip) return point;
  point.first_update = global_step % updates;
  point.skip = capped_product(point.first_update, plan.accumulation);
  return point;
}

Record speed_metrics(std::string_view prefix, double seconds, const WorkDone& work) {
  Record metrics;
  const auto set = [&](const char* name, double value, int decimals) {
    metrics.set(std::string(prefix) + name, python_round(value, decimals));
  };
  set("_runtime", seconds, 4);
  if (seconds == 0.0) return metrics;
  if (work.samples) set("_samples_per_second", *work.samples / seconds, 3);
  if (work.steps) set("_steps_per_second", *work.steps / seconds, 3);
  if (work.tokens) set("_tokens_per_second", static_cast<double>(*work.tokens) / seconds, 3);
  return metrics;
}

}  // namespace baton
