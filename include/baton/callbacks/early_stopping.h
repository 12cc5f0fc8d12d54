// EarlyStoppingCallback: stops training when the watched metric has not improved for a number of evaluations.
//   TrainingArguments args{.eval_strategy = EvalStrategy::kEpoch, .save_strategy = SaveStrategy::kEpoch,
//                          .load_best_model_at_end = true, .metric_for_best_model = "accuracy"};
//   trainer.add_callback(std::make_shared<EarlyStoppingCallback>(3));
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "baton/core/callback.h"

namespace baton {

/// How much better, and in which direction, a metric has to be.
struct ImprovementRule {
  bool greater_is_better = false;
  double threshold = 0.0;  ///< the gain must be larger than this; 0 or more
};

/// Whether `metric` improves on `best`. Without a best anything does, NaN included; after that NaN never does.
bool is_improvement(double metric, std::optional<double> best, ImprovementRule rule);

/// Rules: hf-contract §7. The best metric is the trainer's, as it was before this evaluation. It follows every gain,
/// also one below the threshold, so a run that only creeps forward exhausts its patience.
///
/// The count goes on over a second train() and travels in checkpoints. At train_begin: ConfigError without
/// metric_for_best_model or without evaluations; a notice "early_stopping_without_load_best" if the best weights will
/// not come back. An evaluation without the metric gives the notice "early_stopping_metric_missing" and counts for
/// nothing.
class EarlyStoppingCallback : public TrainerCallback, public StatefulCallback {
 public:
  /// Stops at the `early_stopping_patience`-th evaluation in a row that is not better by more than
  /// `early_stopping_threshold`; patience 0 stops at the first evaluation. Throws ConfigError if either is negative or
  /// NaN.
  explicit EarlyStoppingCallback(std::int64_t early_stopping_patience = 1, double early_stopping_threshold = 0.0);

  void on_train_begin(TrainEvent& event) override;
  void on_evaluate(EvaluateEvent& event) override;

  std::string state_key() const override { return "EarlyStoppingCallback"; }
  CallbackState state() const override;
  void restore(const CallbackState& state) override;

  /// Evaluations in a row without an improvement.
  std::int64_t counter() const { return counter_; }

 private:
  std::int64_t patience_;
  double threshold_;
  std::int64_t counter_ = 0;
};

}  // namespace baton
