#include "baton/track/dvclive.h"
#include "baton/track/run.h"
#include "src/track/dvclive/dvclive_tracker.h"

namespace baton {

std::unique_ptr<track::Tracker> DVCLiveCallback::setup(const Event&) {
  return std::make_unique<track::DVCLiveTracker>(options_, std::make_unique<Disk>());
}

void DVCLiveCallback::on_save(SaveEvent& event) {
  last_checkpoint_ = event.checkpoint;
  TrackerCallback::on_save(event);
}

/// The reference saves the model once more for this. Here it is what the trainer has saved itself.
void DVCLiveCallback::on_train_end(TrainEvent& event) {
  if (options_.log_model != DVCLiveLogModel::kModel || !event.state.is_world_process_zero) return;
  const bool is_best = event.args.load_best_model_at_end && event.state.best_model_checkpoint.has_value();
  const std::filesystem::path model =
      is_best ? std::filesystem::path(*event.state.best_model_checkpoint) : last_checkpoint_;
  if (model.empty()) {
    return event.notices.notice({"dvclive_model", "DVCLive: no model is kept, since no checkpoint was saved"});
  }
  run(event).artifact(model, "model", event.state.global_step, {{"name", is_best ? "best" : "last"}});
}

}  // namespace baton
