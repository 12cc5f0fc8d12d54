// TrainerControl: the five flags by which callbacks steer training.
#pragma once

namespace baton {

/// Flags that callbacks set and the loop acts on. The handler resets them as the reference does: `should_training_stop`
/// at train_begin, `should_epoch_stop` at epoch_begin, the other three at step_begin, and each of those right before
/// its own event. One object lives as long as its Trainer.
struct TrainerControl {
  bool should_training_stop = false;  ///< leave training after the current micro batch
  bool should_epoch_stop = false;     ///< leave the epoch after the current micro batch
  bool should_save = false;           ///< write a checkpoint at the next step_end or epoch_end
  bool should_evaluate = false;       ///< evaluate at the next step_end or epoch_end
  bool should_log = false;            ///< log the training loss at the next step_end or epoch_end

  friend bool operator==(const TrainerControl&, const TrainerControl&) = default;
};

}  // namespace baton
