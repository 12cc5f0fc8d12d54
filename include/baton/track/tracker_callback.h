// TrackerCallback: base of the callbacks that report to a tracker (TensorBoardCallback, MLflowCallback, ...). Each says
// which tracker to make; the journal is written once for all of them, by the TrackerGroup they share.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "baton/core/callback.h"
#include "baton/track/tracker.h"

namespace baton {

namespace track {
class TrackerGroup;
}

/// Does something on the first process only (world rank 0).
class TrackerCallback : public TrainerCallback {
 public:
  TrackerCallback();
  ~TrackerCallback() override;

  /// As in report_to: "tensorboard".
  virtual std::string tracker_name() const = 0;
  /// Makes the tracker that this run is replayed to. Called on the training thread when a run begins, or at the first
  /// record of an evaluation without training. Override it to change names, folders or options. Throws ConfigError if
  /// it cannot work with what it was told; anything that may be an outage belongs into Tracker::start().
  virtual std::unique_ptr<track::Tracker> setup(const Event& event) = 0;

  /// Writes to the same journal as the others of the group. A Trainer does this for all its callbacks; in a loop of
  /// your own make one group and call it for each. Without it the callback is a group of its own.
  void join(std::shared_ptr<track::TrackerGroup> group);

  void on_train_begin(TrainEvent& event) override;
  void on_log(LogEvent& event) override;
  void on_predict(PredictEvent& event) override;
  void on_save(SaveEvent& event) override;
  void on_train_end(TrainEvent& event) override;
  void on_close(CloseEvent& event) override;

 private:
  std::shared_ptr<track::TrackerGroup> group_;
  std::int64_t events_seen_ = 0;
};

}  // namespace baton
