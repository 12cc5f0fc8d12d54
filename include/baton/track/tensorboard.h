// TensorBoardCallback: the run as an event file that TensorBoard shows. docs/trackers/tensorboard.md says what is in
// it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "baton/core/environment.h"
#include "baton/track/event_writer.h"
#include "baton/track/tracker_callback.h"

namespace baton {

struct TensorBoardOptions {
  /// Empty: output_dir/runs/<MonDD_HH-MM-SS>_<host>, with the local time at which the run began. A trial of a search
  /// has a folder of its own in it. A resumed run stays where it began. The argument --logging_dir outranks it.
  std::filesystem::path logging_dir{};
  /// To be written to instead. It is neither closed nor, when a resume makes records undone, rewound.
  std::shared_ptr<tensorboard::EventWriter> tb_writer{};

  /// TENSORBOARD_LOGGING_DIR; a leading ~ is the home folder.
  static TensorBoardOptions from_env(const Environment& environment);
};

class TensorBoardCallback : public TrackerCallback {
 public:
  explicit TensorBoardCallback(TensorBoardOptions options = TensorBoardOptions::from_env(ProcessEnvironment()));

  std::string tracker_name() const override { return "tensorboard"; }
  std::unique_ptr<track::Tracker> setup(const Event& event) override;

 private:
  TensorBoardOptions options_;
};

}  // namespace baton
