// ProgressCallback: a bar for training, a second one for evaluations, and the log records above them. The trainer takes
// it unless disable_tqdm is set:
//   {'loss': '0.1235', 'grad_norm': '1.2', 'learning_rate': '4.5e-05', 'epoch': '1'}
//   training  45%|#########           | 450/1000 [00:12<00:15, 36.2 steps/s, loss 0.1235]
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "baton/core/callback.h"
#include "baton/core/console.h"
#include "baton/core/progress_bar.h"

namespace baton {

/// Where a bar stands.
struct BarState {
  std::int64_t position = 0;
  std::optional<std::int64_t> total;
  bool keep = true;  ///< stays on the screen when closed

  friend bool operator==(const BarState&, const BarState&) = default;
};

/// Rules: hf-contract §8. On world rank 0 only. The bars go to stderr, records to stdout, and those only while there is
/// a training bar. Rate and time left count the steps of this call, not the resumed ones. The evaluation bar comes with
/// the first batch if the data has a length; it stays on the screen if it is the only bar.
class ProgressCallback : public TrainerCallback {
 public:
  /// A text of more than `max_str_len` characters in a record is shown as a notice of its length.
  explicit ProgressCallback(std::shared_ptr<Console> console = standard_console_from_env(),
                            std::int64_t max_str_len = 100);

  void on_train_begin(TrainEvent& event) override;
  void on_step_end(StepEvent& event) override;
  void on_prediction_step(PredictionStepEvent& event) override;
  void on_evaluate(EvaluateEvent& event) override;
  void on_predict(PredictEvent& event) override;
  void on_log(LogEvent& event) override;
  void on_train_end(TrainEvent& event) override;
  void on_close(CloseEvent& event) override;

  /// The bars as they are; empty where there is none.
  std::optional<BarState> training_bar() const;
  std::optional<BarState> prediction_bar() const;

 private:
  std::shared_ptr<Console> console_;
  std::int64_t max_str_len_;
  std::optional<ProgressBar> training_;
  std::optional<ProgressBar> prediction_;
};

}  // namespace baton
