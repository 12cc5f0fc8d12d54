#include "baton/callbacks/early_stopping.h"

#include <cmath>
#include <vector>

#include "baton/core/errors.h"
#include "src/base/number_text.h"

namespace baton {
namespace {

// The names in state files, which are the reference's.
constexpr const char* kPatience = "early_stopping_patience";
constexpr const char* kThreshold = "early_stopping_threshold";
constexpr const char* kCounter = "early_stopping_patience_counter";

void check(std::int64_t patience, double threshold) {
  std::vector<std::string> problems;
  if (patience < 0)
    problems.push_back(std::string(kPatience) + " is " + std::to_string(patience) + "; expected 0 or more");
  if (!(threshold >= 0.0)) {
    problems.push_back(std::string(kThreshold) + " is " + float_repr(threshold) + "; expected 0 or more");
  }
  if (!problems.empty()) throw ConfigError(problems);
}

[[noreturn]] void reject(const char* key, const char* expected) {
  throw StateError("stateful_callbacks.EarlyStoppingCallback: " + std::string(key) + " should be " + expected);
}

std::int64_t count_in(const Record& saved, const char* key, std::int64_t absent) {
  const Value* value = saved.find(key);
  if (value == nullptr) return absent;
  const std::int64_t* count = value->integer();
  if (count == nullptr || *count < 0) reject(key, "an integer, 0 or more");
  return *count;
}

double threshold_in(const Record& saved, double absent) {
  const Value* value = saved.find(kThreshold);
  if (value == nullptr) return absent;
  if (!value->is_number() || !(value->number() >= 0.0)) reject(kThreshold, "a number, 0 or more");
  return value->number();
}

}  // namespace

bool is_improvement(double metric, std::optional<double> best, ImprovementRule rule) {
  if (!best) return true;
  const double gain = rule.greater_is_better ? metric - *best : *best - metric;
  return gain > rule.threshold;
}

EarlyStoppingCallback::EarlyStoppingCallback(std::int64_t early_stopping_patience, double early_stopping_threshold)
    : patience_(early_stopping_patience), threshold_(early_stopping_threshold) {
  check(patience_, threshold_);
}

void EarlyStoppingCallback::on_train_begin(TrainEvent& event) {
  if (!event.args.load_best_model_at_end) {
    event.notices.notice(
        {"early_stopping_without_load_best",
         "early stopping without load_best_model_at_end: the run ends with its last weights, not its best"});
  }
  std::vector<std::string> problems;
  if (event.args.metric_for_best_model.empty()) {
    problems.emplace_back(
        "metric_for_best_model is not set; early stopping needs the metric to watch, for example \"loss\"");
  }
  if (event.args.eval_strategy == EvalStrategy::kNo) {
    problems.emplace_back("eval_strategy is \"no\"; early stopping needs evaluations, by \"steps\" or \"epoch\"");
  }
  if (!problems.empty()) throw ConfigError(problems);
}

void EarlyStoppingCallback::on_evaluate(EvaluateEvent& event) {
  const std::string watched = event.args.watched_metric();
  const Value* metric = event.metrics.find(watched);
  if (metric == nullptr) {
    event.notices.notice({"early_stopping_metric_missing",
                          "early stopping watches \"" + watched + "\", which this evaluation did not return"});
    return;
  }
  const ImprovementRule rule{event.args.greater_is_better, threshold_};
  counter_ = is_improvement(metric->number(), event.state.best_metric, rule) ? 0 : counter_ + 1;
  if (counter_ >= patience_) event.control.should_training_stop = true;
}

CallbackState EarlyStoppingCallback::state() const {
  return {.args = {{kPatience, patience_}, {kThreshold, threshold_}}, .attributes = {{kCounter, counter_}}};
}

void EarlyStoppingCallback::restore(const CallbackState& state) {
  const std::int64_t patience = count_in(state.args, kPatience, patience_);
  const double threshold = threshold_in(state.args, threshold_);
  counter_ = count_in(state.attributes, kCounter, counter_);
  patience_ = patience;
  threshold_ = threshold;
}

}  // namespace baton
