// DVCLive: the files, dvc.yaml and experiments of DVC, which its commands, Studio and the extension of VS Code show.
// docs/trackers/dvclive.md tells what arrives where.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "baton/core/environment.h"
#include "baton/track/tracker_callback.h"

namespace baton {

/// Which artifacts are kept in DVC's cache (HF_DVCLIVE_LOG_MODEL).
enum class DVCLiveLogModel {
  kNone,
  kModel,  ///< at the end the best checkpoint (load_best_model_at_end) or the last one, and what the program logs
  kAll,    ///< each checkpoint as well
};

struct DVCLiveOptions {
  std::filesystem::path dir = "dvclive";       ///< of metrics, params, plots and artifacts
  std::filesystem::path dvcyaml = "dvc.yaml";  ///< named dvc.yaml; empty: none is written
  DVCLiveLogModel log_model = DVCLiveLogModel::kNone;
  bool save_dvc_exp = true;  ///< commit the run as an experiment when it ends; not within `dvc repro` or `dvc exp run`
  std::string exp_name{};    ///< empty: the run's name where it can be one, else two words
  std::string exp_message{};
  /// The repository of the pipeline that runs this program (DVC_ROOT); empty: none does.
  std::filesystem::path pipeline_root{};

  /// HF_DVCLIVE_LOG_MODEL (true or all), DVC_EXP_NAME, DVC_ROOT.
  static DVCLiveOptions from_env(const Environment& environment);
};

/// The reference's callback of this name, with its keyword arguments at work and with global_step as the step.
class DVCLiveCallback final : public TrackerCallback {
 public:
  /// Relative paths begin at the working directory of the moment the run begins.
  explicit DVCLiveCallback(DVCLiveOptions options) : options_(std::move(options)) {}

  std::string tracker_name() const override { return "dvclive"; }
  /// Throws ConfigError if options.dvcyaml has another name than dvc.yaml.
  std::unique_ptr<track::Tracker> setup(const Event& event) override;

  void on_save(SaveEvent& event) override;
  void on_train_end(TrainEvent& event) override;

 private:
  DVCLiveOptions options_;
  std::filesystem::path last_checkpoint_;
};

}  // namespace baton
