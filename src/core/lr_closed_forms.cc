// Schedules that are functions of the number of updates done: hf-contract §12. The order of the floating-point
// operations is that of the formulas there, so that rates agree with the reference to the last bit.

#include "src/base/number_text.h"
#include "src/core/lr_keywords.h"
#include "src/core/lr_rule.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

namespace baton {
namespace {

using std::numbers::pi;

/// The share of the base rate for the update that follows `step` updates.
using Multiplier = std::function<double(double step)>;

/// One run, in doubles: every step number that a run can reach is exact in them.
struct Span {
  double learning_rate;
  double warmup;
  double length;

  double after_warmup() const { return std::max(1.0, length - warmup); }
  double progress(double step) const { return (step - warmup) / after_warmup(); }
};

Multiplier with_warmup(const Span& span, Multiplier after) {
  return [warmup = span.warmup, after = std::move(after)](double step) {
    return step < warmup ? step / std::max(1.0, warmup) : after(step);
  };
}

double half_cosine(double cycles, double progress) { return 0.5 * (1.0 + std::cos(pi * cycles * 2.0 * progress)); }

/// Moves a factor of 0 to 1 into the range from `floor` to 1.
double above_floor(double factor, double floor) { return std::max(0.0, factor * (1.0 - floor) + floor); }

Multiplier constant() {
  return [](double) { return 1.0; };
}

Multiplier linear(const Span& span) {
  return with_warmup(span, [span](double step) { return std::max(0.0, (span.length - step) / span.after_warmup()); });
}

Multiplier cosine(const Span& span, double cycles, double floor) {
  return with_warmup(span, [=](double step) { return above_floor(half_cosine(cycles, span.progress(step)), floor); });
}

Multiplier cosine(const Span& span, LrKeywords& keywords) {
  return cosine(span, keywords.number("num_cycles", 0.5), 0.0);
}

Multiplier cosine_with_restarts(const Span& span, LrKeywords& keywords) {
  const double cycles = keywords.number("num_cycles", 1.0);
  return with_warmup(span, [=](double step) {
    const double progress = span.progress(step);
    if (progress >= 1.0) return 0.0;
    const double turns = cycles * progress;
    return std::max(0.0, 0.5 * (1.0 + std::cos(pi * (turns - std::floor(turns)))));
  });
}

Multiplier polynomial(const Span& span, LrKeywords& keywords) {
  const double end = keywords.number("lr_end", 1e-7);
  const double power = keywords.number("power", 1.0);
  keywords.expect(end < span.learning_rate, "needs lr_end (" + float_repr(end) + ") below the learning rate (" +
                                                float_repr(span.learning_rate) + ")");
  keywords.expect(power >= 0.0, "needs a power of at least 0, not " + float_repr(power));
  return with_warmup(span, [=](double step) {
    // Warm-up as long as the run leaves nothing to decay over: the end rate at once (the reference divides by zero).
    if (step > span.length || span.length <= span.warmup) return end / span.learning_rate;
    const double remaining = 1.0 - (step - span.warmup) / (span.length - span.warmup);
    return ((span.learning_rate - end) * std::pow(remaining, power) + end) / span.learning_rate;
  });
}

Multiplier inverse_sqrt(const Span& span, LrKeywords& keywords) {
  const double by_default = span.warmup > 0.0 ? span.warmup : 10'000.0;
  const double timescale = keywords.optional_number("timescale").value_or(by_default);
  keywords.expect(timescale > 0.0, "needs a timescale above 0, not " + float_repr(timescale));
  return with_warmup(span,
                     [=](double step) { return 1.0 / std::sqrt((step + (timescale - span.warmup)) / timescale); });
}

/// The lowest rate as a share of the base rate: exactly one of the arguments min_lr and min_lr_rate.
double lowest_share(const Span& span, LrKeywords& keywords) {
  const auto rate = keywords.optional_number("min_lr");
  const auto share = keywords.optional_number("min_lr_rate");
  keywords.expect(rate.has_value() != share.has_value(), "needs either min_lr or min_lr_rate");
  keywords.expect(!rate || span.learning_rate != 0.0, "cannot reach min_lr from a learning rate of 0");
  return rate ? *rate / span.learning_rate : share.value_or(0.0);
}

Multiplier cosine_with_min_lr(const Span& span, LrKeywords& keywords) {
  const double cycles = keywords.number("num_cycles", 0.5);
  return cosine(span, cycles, lowest_share(span, keywords));
}

// Unlike the others it warms up to the full rate in its last warm-up update and is one update ahead from there.
Multiplier cosine_warmup_with_min_lr(const Span& span, LrKeywords& keywords) {
  const double cycles = keywords.number("num_cycles", 0.5);
  const double lowest = lowest_share(span, keywords);
  const auto first = keywords.optional_number("warmup_lr_rate");
  return [=](double step) {
    if (step >= span.warmup) return above_floor(half_cosine(cycles, span.progress(step + 1.0)), lowest);
    if (!first) return (step + 1.0) / std::max(1.0, span.warmup);
    return *first + (1.0 - *first) * step / std::max(1.0, span.warmup - 1.0);
  };
}

/// The rising curves of the warm-up, of `progress` from 0 to 1.
Multiplier rising(std::string_view type) {
  if (type == "cosine") return [](double progress) { return 0.5 * (1.0 - std::cos(pi * progress)); };
  if (type == "1-sqrt") return [](double progress) { return 1.0 - std::sqrt(1.0 - progress); };
  return [](double progress) { return progress; };
}

/// The falling curves of the decay.
Multiplier falling(std::string_view type, double cycles) {
  if (type == "cosine") return [cycles](double progress) { return half_cosine(cycles, progress); };
  if (type == "1-sqrt") return [](double progress) { return 1.0 - std::sqrt(progress); };
  return [](double progress) { return 1.0 - progress; };
}

Multiplier warmup_stable_decay(const Span& span, LrKeywords& keywords) {
  const double decay = keywords.required_number("num_decay_steps");
  const double rest = span.length - span.warmup - decay;
  const double decay_from = span.warmup + keywords.optional_number("num_stable_steps").value_or(rest);
  const double lowest = keywords.number("min_lr_ratio", 0.0);
  const auto up = rising(keywords.choice("warmup_type", "linear", {"linear", "cosine", "1-sqrt"}));
  const auto down = falling(keywords.choice("decay_type", "cosine", {"linear", "cosine", "1-sqrt"}),
                            keywords.number("num_cycles", 0.5));
  return [=](double step) {
    if (step < span.warmup) return above_floor(up(step / std::max(1.0, span.warmup)), lowest);
    if (step < decay_from) return 1.0;
    if (step < decay_from + decay) return above_floor(down((step - decay_from) / std::max(1.0, decay)), lowest);
    return lowest;
  };
}

class ClosedForm final : public LrScheduler::Rule {
 public:
  ClosedForm(double learning_rate, Multiplier multiplier)
      : learning_rate_(learning_rate), multiplier_(std::move(multiplier)) {}

  double rate(std::int64_t steps) const override { return learning_rate_ * multiplier_(static_cast<double>(steps)); }

 private:
  double learning_rate_;
  Multiplier multiplier_;
};

Multiplier make_multiplier(LrSchedulerType type, const Span& span, LrKeywords& keywords) {
  switch (type) {
    case LrSchedulerType::kLinear:
      return linear(span);
    case LrSchedulerType::kCosine:
      return cosine(span, keywords);
    case LrSchedulerType::kCosineWithRestarts:
      return cosine_with_restarts(span, keywords);
    case LrSchedulerType::kPolynomial:
      return polynomial(span, keywords);
    case LrSchedulerType::kConstantWithWarmup:
      return with_warmup(span, constant());
    case LrSchedulerType::kInverseSqrt:
      return inverse_sqrt(span, keywords);
    case LrSchedulerType::kCosineWithMinLr:
      return cosine_with_min_lr(span, keywords);
    case LrSchedulerType::kCosineWarmupWithMinLr:
      return cosine_warmup_with_min_lr(span, keywords);
    case LrSchedulerType::kWarmupStableDecay:
      return warmup_stable_decay(span, keywords);
    default:
      return constant();
  }
}

bool ignores_keywords(LrSchedulerType type) {
  return type == LrSchedulerType::kConstant || type == LrSchedulerType::kConstantWithWarmup;
}

}  // namespace

LrRule make_closed_form(const LrScheduleSpec& spec) {
  const Span span{.learning_rate = spec.learning_rate,
                  .warmup = static_cast<double>(spec.warmup_steps),
                  .length = static_cast<double>(spec.max_steps)};
  LrKeywords keywords(spec);
  auto multiplier = make_multiplier(spec.type, span, keywords);
  if (!ignores_keywords(spec.type)) keywords.finish();
  return std::make_unique<ClosedForm>(spec.learning_rate, std::move(multiplier));
}

}  // namespace baton
