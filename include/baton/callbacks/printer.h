// PrinterCallback: prints each log record on a line of its own on stdout. The trainer takes it when disable_tqdm is
// set:
//   baton::TrainingArguments args{.logging_steps = 50, .disable_tqdm = true};
//   {'loss': '0.1235', 'grad_norm': '1.2', 'learning_rate': '4.5e-05', 'epoch': '1'}
#pragma once

#include <memory>
#include <utility>

#include "baton/core/callback.h"
#include "baton/core/console.h"

namespace baton {

/// Rules: hf-contract §8. On local rank 0 only, also for records of an evaluation outside of training. Floats are shown
/// with four digits; total_flos is left out of what is shown, never of the record (D13).
class PrinterCallback : public TrainerCallback {
 public:
  explicit PrinterCallback(std::shared_ptr<Console> console = standard_console_from_env())
      : console_(std::move(console)) {}

  void on_log(LogEvent& event) override;

 private:
  std::shared_ptr<Console> console_;
};

}  // namespace baton
