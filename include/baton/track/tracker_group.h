// TrackerGroup: the one Run that the tracker callbacks of a training share.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "baton/core/checkpoint_companion.h"
#include "baton/core/events.h"
#include "baton/track/run.h"

namespace baton::track {

/// Each member tells it of every event; it acts on the first word of each. Used from the training thread.
class TrackerGroup {
 public:
  TrackerGroup();
  ~TrackerGroup();
  TrackerGroup(const TrackerGroup&) = delete;
  TrackerGroup& operator=(const TrackerGroup&) = delete;

  /// How many events the group has acted on: what a new member has seen.
  std::int64_t events() const { return events_; }
  /// Whether a member's event, which is its `seen`-th, is news to the group.
  bool is_news(std::int64_t seen);

  /// How many runs it has opened.
  std::int64_t runs() const { return runs_; }

  /// A training begins: a new run, or the one of the checkpoint it goes on from.
  void begin(const Event& event);
  /// The run; begins one if there is none, as in an evaluation without training.
  Run& run(const Event& event);
  /// Null if there is none.
  Run* current() { return run_.get(); }
  /// The run has ended.
  void close(const CloseEvent& event);

  /// For CheckpointCompanion: where the run stands, and which run the next begin() goes on with.
  Record checkpointed();
  void resumed(const ResumedCheckpoint& checkpoint);

 private:
  class Relay;
  void open(const Event& event, const Mark* from);

  std::int64_t events_ = 0;
  std::int64_t runs_ = 0;
  std::shared_ptr<Relay> relay_;
  std::unique_ptr<Run> run_;
  std::unique_ptr<Mark> resume_from_;
  bool has_other_arguments_ = false;  ///< than the run that it goes on with
  std::string continues_;
  bool has_trained_ = false;
};

}  // namespace baton::track
