// TimeLimitCallback: ends training in good order when its time is up, for machines that are only lent.
//   trainer.add_callback(std::make_shared<TimeLimitCallback>(std::chrono::hours(8)));
//   trainer.train("true");   // in the next job: goes on from the checkpoint that was written
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "baton/core/callback.h"
#include "baton/core/clock.h"

namespace baton {

/// The time counts from train_begin. After the first update beyond the limit it asks for a checkpoint, whatever the
/// save_strategy, and stops training once that is written; or, if another callback vetoed it, after the next update.
/// Saving comes first because a checkpoint written while training stops would not go on when it is resumed (D22); for
/// the same reason the epoch that is left then ends without one.
/// Leave room for that one save below what the machine allows. One notice, "time_limit_reached".
class TimeLimitCallback : public TrainerCallback {
 public:
  /// Throws ConfigError unless `limit` is above zero.
  explicit TimeLimitCallback(std::chrono::nanoseconds limit,
                             std::shared_ptr<Clock> clock = std::make_shared<SteadyClock>());

  void on_train_begin(TrainEvent& event) override;
  void on_step_end(StepEvent& event) override;
  void on_save(SaveEvent& event) override;
  void on_epoch_end(EpochEvent& event) override;

 private:
  std::chrono::nanoseconds limit_;
  std::shared_ptr<Clock> clock_;
  std::int64_t started_ns_ = 0;
  bool is_over_ = false;
  bool is_saved_ = false;  ///< since the time was over
};

}  // namespace baton
