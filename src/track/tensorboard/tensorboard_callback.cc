#include <utility>

#include "baton/track/tensorboard.h"
#include "src/track/tensorboard/tensorboard_tracker.h"

namespace baton {

TensorBoardCallback::TensorBoardCallback(TensorBoardOptions options) : options_(std::move(options)) {}

std::unique_ptr<track::Tracker> TensorBoardCallback::setup(const Event& event) {
  const std::string* trial = event.state.trial_name.text();
  const std::filesystem::path folder = event.args.logging_dir.value_or(options_.logging_dir.string());
  return std::make_unique<track::TensorBoardTracker>(
      track::TensorBoardSetup{.logging_dir = folder, .trial = trial ? *trial : "", .adopted = options_.tb_writer});
}

}  // namespace baton
