// The schedules that move with the results of evaluations: reduce_lr_on_plateau, as torch's ReduceLROnPlateau, and
// greedy, as the reference's GreedyLR (hf-contract §12).

#include "baton/core/errors.h"
#include "src/base/json.h"
#include "src/base/number_text.h"
#include "src/core/lr_keywords.h"
#include "src/core/lr_rule.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <utility>

namespace baton {
namespace {

[[noreturn]] void complain(std::string_view key, const Value& value, std::string_view expected) {
  throw CheckpointError("scheduler state: " + std::string(key) + " is " + json::dump(value) + ", expected " +
                        std::string(expected));
}

void recall(const Record& memory, std::string_view key, double& number) {
  const Value* value = memory.find(key);
  if (value == nullptr) return;
  if (!value->is_number()) complain(key, *value, "a number");
  number = value->number();
}

void recall(const Record& memory, std::string_view key, std::int64_t& count) {
  const Value* value = memory.find(key);
  if (value == nullptr) return;
  if (!value->is_integer()) complain(key, *value, "a whole number");
  count = *value->integer();
}

std::vector<double> numbers_of(const Value& value, std::string_view key) {
  if (value.list() == nullptr) complain(key, value, "a list of numbers");
  std::vector<double> numbers;
  for (const Value& item : *value.list()) {
    if (!item.is_number()) complain(key, value, "a list of numbers");
    numbers.push_back(item.number());
  }
  return numbers;
}

/// What counts as an improvement.
struct Improvement {
  bool maximize;
  bool relative;
  double threshold;

  /// The value on which any number improves.
  double worst() const {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    return maximize ? -kInfinity : kInfinity;
  }

  /// Never true for NaN.
  bool is_better(double metric, double best) const {
    const double needed = maximize ? threshold : -threshold;
    const double bound = relative ? best * (1.0 + needed) : best + needed;
    return maximize ? metric > bound : metric < bound;
  }
};

/// Where the two schedules differ in their defaults.
struct Defaults {
  double factor;
  double threshold;
  std::string_view threshold_mode;
  double min_lr;
};

/// A rate that is multiplied by a factor after more than `patience` evaluations without improvement.
class MetricRule : public LrScheduler::Rule {
 public:
  MetricRule(LrKeywords& keywords, double learning_rate, const Defaults& defaults);

  double rate(std::int64_t) const final { return rate_; }
  bool is_metric_driven() const final { return true; }

  // The keys are those of the reference's scheduler.pt; it has a list of rates, one for each group of parameters.
  Record memory() const override;
  void remember(const Record& memory) override;

 protected:
  bool is_out_of_patience(std::int64_t count) const { return count > patience_; }
  void reduce_rate();

  Improvement improvement_;
  double factor_;
  std::int64_t patience_;
  std::int64_t cooldown_;
  double min_lr_;
  double eps_;  ///< smaller changes of the rate are not made

  double rate_;
  double best_;
  std::int64_t bad_count_ = 0;      ///< evaluations in a row without improvement
  std::int64_t cooldown_left_ = 0;  ///< evaluations that will not count, after a reduction
};

MetricRule::MetricRule(LrKeywords& keywords, double learning_rate, const Defaults& defaults)
    : improvement_{.maximize = keywords.choice("mode", "min", {"min", "max"}) == "max",
                   .relative = keywords.choice("threshold_mode", defaults.threshold_mode, {"rel", "abs"}) == "rel",
                   .threshold = keywords.number("threshold", defaults.threshold)},
      factor_(keywords.number("factor", defaults.factor)),
      patience_(keywords.count("patience", 10)),
      cooldown_(keywords.count("cooldown", 0)),
      min_lr_(keywords.number("min_lr", defaults.min_lr)),
      eps_(keywords.number("eps", 1e-8)),
      rate_(learning_rate),
      best_(improvement_.worst()) {
  keywords.expect(factor_ < 1.0, "needs a factor below 1, not " + float_repr(factor_));
}

Record MetricRule::memory() const {
  return {{"best", best_},
          {"num_bad_epochs", bad_count_},
          {"cooldown_counter", cooldown_left_},
          {"_last_lr", Value::List{rate_}}};
}

void MetricRule::remember(const Record& memory) {
  recall(memory, "best", best_);
  recall(memory, "num_bad_epochs", bad_count_);
  recall(memory, "cooldown_counter", cooldown_left_);
  if (const Value* rates = memory.find("_last_lr")) {
    const auto numbers = numbers_of(*rates, "_last_lr");
    if (numbers.empty()) complain("_last_lr", *rates, "at least one rate");
    rate_ = numbers.front();
  }
}

void MetricRule::reduce_rate() {
  const double reduced = std::max(rate_ * factor_, min_lr_);
  if (rate_ - reduced > eps_) rate_ = reduced;
}

class Plateau final : public MetricRule {
 public:
  Plateau(LrKeywords& keywords, double learning_rate)
      : MetricRule(keywords, learning_rate,
                   {.factor = 0.1, .threshold = 1e-4, .threshold_mode = "rel", .min_lr = 0.0}) {}

  void observe(double metric) override;
};

void Plateau::observe(double metric) {
  if (improvement_.is_better(metric, best_)) {
    best_ = metric;
    bad_count_ = 0;
  } else {
    ++bad_count_;
  }
  if (cooldown_left_ > 0) {
    --cooldown_left_;
    bad_count_ = 0;
  }
  if (is_out_of_patience(bad_count_)) {
    reduce_rate();
    cooldown_left_ = cooldown_;
    bad_count_ = 0;
  }
}

/// The mean of the last `size` values. The sum is carried along as the reference does it, so that rounding is the same.
struct MovingMean {
  std::size_t size = 1;
  std::deque<double> values;
  double sum = 0.0;

  double add(double value) {
    values.push_back(value);
    sum += value;
    while (values.size() > size) {
      sum -= values.front();
      values.pop_front();
    }
    return sum / static_cast<double>(values.size());
  }
};

/// Also raises the rate after enough improvements in a row, and starts again from the initial rate once it has been at
/// the lowest for long.
class Greedy final : public MetricRule {
 public:
  Greedy(LrKeywords& keywords, double learning_rate);

  void observe(double metric) override;
  Record memory() const override;
  void remember(const Record& memory) override;

 private:
  void judge(double metric);
  void raise();
  void reduce();
  void start_again();

  double initial_rate_;
  std::int64_t warmup_;
  double max_lr_;
  std::int64_t reset_start_;
  bool smooth_;
  MovingMean mean_;

  std::int64_t good_count_ = 0;   ///< improvements in a row
  std::int64_t warmup_left_ = 0;  ///< evaluations that will not count, after a raise
  std::int64_t reset_left_;       ///< reductions at the lowest rate until it starts again
};

Greedy::Greedy(LrKeywords& keywords, double learning_rate)
    : MetricRule(keywords, learning_rate, {.factor = 0.95, .threshold = 1e-6, .threshold_mode = "abs", .min_lr = 1e-3}),
      initial_rate_(learning_rate),
      warmup_(keywords.count("warmup", 0)),
      max_lr_(keywords.number("max_lr", 1.0)),
      reset_start_(keywords.count("reset_start", 500)),
      smooth_(keywords.flag("smooth", false)),
      reset_left_(reset_start_) {
  const std::int64_t window = keywords.count("window_size", 50);
  keywords.flag("verbose", false);  // the reference prints each change; here every log record has the rate
  keywords.expect(factor_ > 0.0, "needs a factor above 0, not " + float_repr(factor_));
  keywords.expect(window > 0, "needs a window_size above 0, not " + std::to_string(window));
  mean_.size = static_cast<std::size_t>(window);
}

void Greedy::observe(double metric) {
  const double current = smooth_ ? mean_.add(metric) : metric;
  std::int64_t& pause = cooldown_left_ > 0 ? cooldown_left_ : warmup_left_;
  if (pause > 0) {
    --pause;
  } else {
    judge(current);
  }
}

void Greedy::judge(double metric) {
  const bool is_better = improvement_.is_better(metric, best_);
  if (is_better) best_ = metric;
  good_count_ = is_better ? good_count_ + 1 : 0;
  bad_count_ = is_better ? 0 : bad_count_ + 1;
  if (is_out_of_patience(good_count_)) {
    raise();
  } else if (is_out_of_patience(bad_count_)) {
    reduce();
  }
}

void Greedy::raise() {
  const double raised = std::min(rate_ / factor_, max_lr_);
  if (raised - rate_ > eps_) rate_ = raised;
  reset_left_ = reset_start_;
  warmup_left_ = warmup_;
  good_count_ = 0;
}

void Greedy::reduce() {
  reduce_rate();
  if (rate_ <= min_lr_ && --reset_left_ <= 0) start_again();
  cooldown_left_ = cooldown_;
  bad_count_ = 0;
}

void Greedy::start_again() {
  rate_ = initial_rate_;
  best_ = improvement_.worst();
  reset_left_ = reset_start_;
  mean_.values.clear();
  mean_.sum = 0.0;
}

Record Greedy::memory() const {
  Record memory = MetricRule::memory();
  memory.set("num_good_epochs", good_count_);
  memory.set("warmup_counter", warmup_left_);
  memory.set("reset_start", reset_left_);
  if (smooth_) {
    const Value::List values(mean_.values.begin(), mean_.values.end());
    memory.set("_streaming_avg", Record{{"values", values}, {"sum", mean_.sum}});
  }
  return memory;
}

void Greedy::remember(const Record& memory) {
  MetricRule::remember(memory);
  recall(memory, "num_good_epochs", good_count_);
  recall(memory, "warmup_counter", warmup_left_);
  recall(memory, "reset_start", reset_left_);
  const Value* mean = memory.find("_streaming_avg");
  if (mean == nullptr || !smooth_) return;
  if (mean->record() == nullptr) complain("_streaming_avg", *mean, "an object");
  recall(*mean->record(), "sum", mean_.sum);
  if (const Value* values = mean->record()->find("values")) {
    const auto numbers = numbers_of(*values, "values");
    mean_.values.assign(numbers.begin(), numbers.end());
  }
}

template <class Metric>
LrRule make_metric_rule(const LrScheduleSpec& spec) {
  LrKeywords keywords(spec);
  auto rule = std::make_unique<Metric>(keywords, spec.learning_rate);
  keywords.finish();
  return rule;
}

}  // namespace

LrRule make_plateau(const LrScheduleSpec& spec) { return make_metric_rule<Plateau>(spec); }
LrRule make_greedy(const LrScheduleSpec& spec) { return make_metric_rule<Greedy>(spec); }

}  // namespace baton
