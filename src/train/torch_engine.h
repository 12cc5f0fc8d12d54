// TorchEngine: the engine that trains LibTorch models.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "baton/core/arguments.h"
#include "baton/core/engine.h"
#include "baton/train/data_loader.h"
#include "baton/train/metrics.h"
#include "baton/train/optimizer.h"
#include "baton/train/param_groups.h"
#include "baton/train/processing_class.h"
#include "baton/train/training_module.h"
#include "src/train/backward_pass.h"
#include "src/train/checkpoint/checkpoint_files.h"
#include "src/train/copy_ahead.h"
#include "src/train/evaluation_pass.h"
#include "src/train/host_copy.h"
#include "src/train/loss_log.h"
#include "src/train/precision.h"

namespace baton::train {

using NamedData = std::pair<std::string, DataSource>;

/// What a program does in the engine's stead; what is empty the engine does itself, by the method named behind it.
/// Trainer's virtual methods come in here.
struct EngineOverrides {
  std::function<at::Tensor(const AnyBatch&)> compute_loss;                   ///< TrainingModule::training_step
  std::function<at::Tensor(const AnyBatch&, double divisor)> training_step;  ///< forward_backward
  std::function<EvalStep(const AnyBatch&)> prediction_step;                  ///< TrainingModule::evaluation_step
  std::function<double(const AnyBatch&)> floating_point_ops;                 ///< TrainingModule::floating_point_ops
  std::function<std::unique_ptr<Optimizer>()> create_optimizer;              ///< make_optimizer
  std::function<std::unique_ptr<DataLoader>()> get_train_dataloader;         ///< make_train_loader
  std::function<std::unique_ptr<DataLoader>(const DataSource&)> get_eval_dataloader;  ///< make_eval_loader
  std::function<void(const std::filesystem::path& folder)> save_model;                ///< save_weights
};

/// What a TorchEngine works with.
struct TorchEngineParts {
  std::shared_ptr<TrainingModule> model;
  DataSource train_dataset;              ///< empty if there is nothing to train on
  std::vector<NamedData> eval_datasets;  ///< one unnamed set is called ""
  MetricsFunction compute_metrics;       ///< may be empty
  std::vector<ParamRule> param_rules;    ///< of the optimizer that the arguments name
  /// Makes another one; empty: what the arguments name.
  std::function<std::unique_ptr<Optimizer>()> create_optimizer;
  std::shared_ptr<ProcessingClass> processing_class;  ///< may be null
  EngineOverrides overrides;
  /// To copy batches ahead on; null: those of a CUDA device, unless batches are not to be page-locked.
  const c10::impl::DeviceGuardImplInterface* streams = nullptr;
};

class TorchEngine : public Engine {
 public:
  /// Moves the model to its device. Throws ConfigError if data or model are unusable, or an argument is not available
  /// here.
  TorchEngine(ResolvedArguments args, TorchEngineParts parts);

  /// The data of the next request for EvalRequest::Data::kGiven.
  void give_data(DataSource data) { given_ = std::move(data); }
  /// Outputs and labels of the last prediction, which is forgotten.
  EvalPrediction take_prediction() { return std::exchange(last_prediction_, {}); }
  /// How often the host has waited for the device.
  std::int64_t host_syncs() const { return host_.count(); }
  TrainingModule& model() { return *model_; }
  const ResolvedArguments& args() const { return args_; }

  // What overrides replace, and may call.
  /// Forward and backward of one batch; returns the divided loss, of which only the value is used.
  at::Tensor forward_backward(const AnyBatch& batch, double divisor);
  void backward(const at::Tensor& loss);
  std::unique_ptr<Optimizer> make_optimizer();
  std::unique_ptr<DataLoader> make_train_loader() const;
  std::unique_ptr<DataLoader> make_eval_loader(const DataSource& data) const;
  /// Into the checkpoint that is being saved, if `folder` is its own.
  void save_weights(const std::filesystem::path& folder);

  Objects& objects() override { return objects_; }

  bool has_train_data() const override { return static_cast<bool>(train_dataset_); }
  bool train_data_is_sized() const override { return train_dataset_.dataset() != nullptr; }
  std::int64_t train_batch_size() const override { return train_batch_size_; }
  std::optional<std::int64_t> train_samples() override;
  std::optional<std::int64_t> train_batches() override;
  void begin_epoch(std::int64_t epoch, std::int64_t skip) override;
  int fetch_window(int batches) override;

  void prepare(std::int64_t max_steps) override;
  double base_learning_rate(double argument) const override { return base_rate_ > 0.0 ? base_rate_ : argument; }
  MicroResult micro_step(const MicroStep& step) override;
  /// Folds only with args.fold_clipping: the result then differs from Python's in the last bits.
  void clip(double max_norm, bool may_fold) override;
  bool optimizer_step(double learning_rate) override;
  void zero_grad() override;
  void restart(std::int64_t batch_size) override;

  LossRead read_loss() override;
  void reset_loss() override { losses_.reset(); }
  void restore_loss(double loss_sum, std::int64_t nonfinite) override;

  std::vector<std::string> eval_sets() const override;
  std::int64_t eval_batch_size() const override { return args_.per_device_eval_batch_size; }
  EvalResult evaluate(const EvalRequest& request, bool leave_out_nonfinite,
                      const std::function<void(std::optional<std::int64_t> batches)>& after_batch) override;

  SaveWork save(CheckpointDraft& draft, SaveScope scope, const LrScheduler& scheduler, bool may_wait) override;
  void verify(const std::filesystem::path& folder) const override;
  /// Makes the optimizer; an optimizer's load_state() is all or nothing.
  void check_fit(const std::filesystem::path& folder) override;
  void load_model(const std::filesystem::path& folder) override;
  std::optional<LrSchedulerState> load_optimizer(const std::filesystem::path& folder) override;
  void load_rng(const std::filesystem::path& folder) override;

 private:
  /// A checkpoint whose optimizer check_fit() has loaded, until load_optimizer() asks for it.
  struct Fitting {
    std::filesystem::path folder;
    std::optional<LrSchedulerState> schedule;
  };
  /// The save() at hand.
  struct Saving {
    CheckpointDraft* draft = nullptr;
    std::vector<PendingFile>* later = nullptr;  ///< for what may wait; null if nothing may
  };
  BackwardOptions backward_options() const;
  void check_data() const;
  bool stages_batches() const;
  DataLoaderOptions loader_options(std::int64_t batch_size) const;
  DataLoaderOptions train_loader_options() const;
  DataLoader& train_loader();
  DataLoader& eval_loader(const EvalRequest& request);
  std::optional<at::ScalarType> full_eval(const EvalRequest& request) const;
  EvaluationOptions evaluation_options(const EvalRequest& request, const MetricsFunction& metrics) const;
  std::optional<MicroBatch> next_batch();
  std::int64_t tokens_in(const AnyBatch& batch);
  at::Tensor loss_of(const AnyBatch& batch);
  void add_training_state(const LrScheduler& scheduler, bool detached, std::vector<PendingFile>& files);

  ResolvedArguments args_;
  at::Device device_;
  std::shared_ptr<TrainingModule> model_;
  Record model_config_;
  Precision precision_;
  DataSource train_dataset_;
  std::vector<NamedData> eval_datasets_;
  MetricsFunction compute_metrics_;
  std::vector<ParamRule> param_rules_;
  std::function<std::unique_ptr<Optimizer>()> create_optimizer_;
  std::shared_ptr<ProcessingClass> processing_class_;
  EngineOverrides overrides_;
  const c10::impl::DeviceGuardImplInterface* streams_;  ///< null if nothing is copied ahead
  DataSource given_;

  Objects objects_;
  std::int64_t train_batch_size_;
  std::unique_ptr<DataLoader> train_loader_;
  std::unique_ptr<DataLoader> eval_loader_;
  std::unique_ptr<Optimizer> optimizer_;
  MicroStep step_;                         ///< the current one
  double base_rate_ = 0.0;                 ///< that the optimizer came with
  std::unique_ptr<CopyAhead> copy_ahead_;  ///< null if nothing is
  std::vector<MicroBatch> window_;
  HostCopy host_;
  LossLog losses_{host_};
  std::unique_ptr<BackwardPass> backward_;
  EvalPrediction last_prediction_;
  PythonGenerators python_generators_;
  Saving saving_;
  Fitting fitting_;
};

}  // namespace baton::train
