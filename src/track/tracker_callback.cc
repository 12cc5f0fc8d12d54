#include "baton/track/tracker_callback.h"

#include "baton/track/run.h"
#include "baton/track/tracker_group.h"

namespace baton {

TrackerCallback::TrackerCallback() : group_(std::make_shared<track::TrackerGroup>()) {}
TrackerCallback::~TrackerCallback() = default;

void TrackerCallback::join(std::shared_ptr<track::TrackerGroup> group) {
  group_ = std::move(group);
  events_seen_ = group_->events();
}

bool TrackerCallback::acts_on(const Event& event) {
  return event.state.is_world_process_zero && group_->is_news(++events_seen_);
}

track::Run& TrackerCallback::run(const Event& event) {
  track::Run& run = group_->run(event);
  if (run_number_ != group_->runs()) {
    run_number_ = group_->runs();
    if (std::unique_ptr<track::Tracker> tracker = setup(event)) run.add(std::move(tracker));
  }
  return run;
}

void TrackerCallback::on_train_begin(TrainEvent& event) {
  if (acts_on(event)) group_->begin(event);
  if (event.state.is_world_process_zero) run(event);
}

void TrackerCallback::on_log(LogEvent& event) {
  const bool acts = acts_on(event);
  if (!event.state.is_world_process_zero) return;
  track::Run& run = this->run(event);
  if (acts) run.log(event.logs, event.state.global_step);
}

void TrackerCallback::on_predict(PredictEvent& event) {
  const bool acts = acts_on(event);
  if (!event.state.is_world_process_zero) return;
  track::Run& run = this->run(event);
  if (acts) run.predict(event.metrics, event.state.global_step);
}

void TrackerCallback::on_save(SaveEvent& event) {
  if (!acts_on(event)) return;
  run(event).checkpoint(event.checkpoint, event.step);
  run(event).artifact(event.checkpoint, "checkpoint", event.step);
}

void TrackerCallback::on_close(CloseEvent& event) {
  if (acts_on(event)) group_->close(event);
}

Record TrackerCallback::checkpointed() { return group_->checkpointed(); }
void TrackerCallback::resumed(const ResumedCheckpoint& checkpoint) { group_->resumed(checkpoint); }

}  // namespace baton
