#include "baton/core/lr_schedule.h"

#include "baton/core/errors.h"
#include "src/base/number_text.h"
#include "src/core/lr_rule.h"

#include <cmath>
#include <utility>

namespace baton {
namespace {

LrRule make_rule(const LrScheduleSpec& spec) {
  switch (spec.type) {
    case LrSchedulerType::kReduceLrOnPlateau:
      return make_plateau(spec);
    case LrSchedulerType::kGreedy:
      return make_greedy(spec);
    default:
      return make_closed_form(spec);
  }
}

class OwnRule final : public LrScheduler::Rule {
 public:
  explicit OwnRule(std::function<double(std::int64_t)> rate) : rate_(std::move(rate)) {
    if (!rate_) throw ConfigError("LrScheduler: there is no function, expected one from updates to the learning rate");
  }
  double rate(std::int64_t steps) const override { return rate_(steps); }

 private:
  std::function<double(std::int64_t)> rate_;
};

}  // namespace

std::int64_t warmup_updates(double warmup_steps, std::int64_t max_steps) {
  const double updates =
      warmup_steps >= 1.0 ? std::trunc(warmup_steps) : std::ceil(static_cast<double>(max_steps) * warmup_steps);
  if (!(warmup_steps >= 0.0 && updates < 0x1p63)) {
    throw ConfigError("warmup_steps is " + float_repr(warmup_steps) +
                      ", expected a share of the run below 1 or a number of updates");
  }
  return static_cast<std::int64_t>(updates);
}

LrScheduler::LrScheduler(const LrScheduleSpec& spec) : rule_(make_rule(spec)), learning_rate_(rule_->rate(0)) {}
LrScheduler::LrScheduler(std::function<double(std::int64_t)> rate)
    : rule_(std::make_unique<OwnRule>(std::move(rate))), learning_rate_(rule_->rate(0)) {}
LrScheduler::~LrScheduler() = default;
LrScheduler::LrScheduler(LrScheduler&&) noexcept = default;
LrScheduler& LrScheduler::operator=(LrScheduler&&) noexcept = default;

void LrScheduler::step() { learning_rate_ = rule_->rate(++steps_); }

bool LrScheduler::is_metric_driven() const { return rule_->is_metric_driven(); }

void LrScheduler::step_metric(double metric) {
  rule_->observe(metric);
  learning_rate_ = rule_->rate(steps_);
}

LrSchedulerState LrScheduler::state() const { return {.steps = steps_, .metric = rule_->memory()}; }

void LrScheduler::restore(const LrSchedulerState& state) {
  rule_->remember(state.metric);
  steps_ = state.steps;
  learning_rate_ = rule_->rate(steps_);
}

}  // namespace baton
