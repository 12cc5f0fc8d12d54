// TrackerCallback: base of the callbacks that report to a tracker (TensorBoardCallback, MLflowCallback, ...). Each says
// which tracker to make; the journal is written once for all of them, by the TrackerGroup they share.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "baton/core/callback.h"
#include "baton/core/checkpoint_companion.h"
#include "baton/track/tracker.h"

namespace baton {

namespace track {
class Run;
class TrackerGroup;
}  // namespace track

/// Does something on the first process only (world rank 0).
class TrackerCallback : public TrainerCallback, public CheckpointCompanion {
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
  void on_close(CloseEvent& event) override;

  std::string companion_key() const override { return "tracking"; }
  Record checkpointed() override;
  void resumed(const ResumedCheckpoint& checkpoint) override;

 protected:
  /// The run with this tracker in it. On the first process only.
  track::Run& run(const Event& event);

 private:
  /// Counts the event; whether this callback is the one to act on it.
  bool acts_on(const Event& event);

  std::shared_ptr<track::TrackerGroup> group_;
  std::int64_t events_seen_ = 0;
  std::int64_t run_number_ = 0;  ///< of the group's run that the tracker was added to
};

}  // namespace baton
