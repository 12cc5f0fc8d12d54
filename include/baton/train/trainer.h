// Trainer: trains, evaluates and predicts with a LibTorch model, as the reference's Trainer does.
//
//   baton::Trainer trainer({.model = baton::supervised(net, torch::nn::CrossEntropyLoss()), .args = args,
//                           .train_dataset = train, .eval_dataset = test, .compute_metrics = baton::accuracy});
//   trainer.train();
#pragma once

#include <concepts>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "baton/core/callback_handler.h"
#include "baton/core/console.h"
#include "baton/core/train_loop.h"
#include "baton/train/data_loader.h"
#include "baton/train/metrics.h"
#include "baton/train/model.h"
#include "baton/train/optimizer.h"
#include "baton/train/param_groups.h"
#include "baton/train/processing_class.h"

namespace baton {

/// Nothing, one data set or stream, or several with names: `{{"clean", a}, {"noisy", b}}` gives eval_clean_loss and
/// eval_noisy_loss. Every evaluation reads a stream to its end.
class EvalDatasets {
 public:
  using Named = std::pair<std::string, DataSource>;

  EvalDatasets() = default;
  template <std::convertible_to<DataSource> Data>
  EvalDatasets(Data data) : EvalDatasets(DataSource(std::move(data))) {}
  EvalDatasets(DataSource data) {
    if (data) all_.emplace_back("", std::move(data));
  }
  EvalDatasets(std::initializer_list<Named> datasets) : all_(datasets) {}

  /// One without a name is called "".
  const std::vector<Named>& all() const { return all_; }

 private:
  std::vector<Named> all_;
};

struct TrainerOptions {
  Model model;
  TrainingArguments args = {};
  DataSource train_dataset = nullptr;  ///< a Dataset or a Stream; needed by train() only
  EvalDatasets eval_dataset = {};
  MetricsFunction compute_metrics = nullptr;  ///< adds its metrics to every evaluation
  std::vector<ParamRule> param_rules = {};    ///< which parameters train differently
  /// Makes the optimizer when train() first needs it, for example by wrap_optimizer(); null: what args.optim names.
  /// With it there can be no param_rules: it has groups of its own.
  std::function<std::unique_ptr<Optimizer>()> create_optimizer = nullptr;
  std::shared_ptr<ProcessingClass> processing_class = nullptr;  ///< saved with the model
  std::optional<Trial> trial = std::nullopt;                    ///< a point of a search for hyper-parameters
  CallbackList callbacks = {};                 ///< run after the default flow and before progress bar or printer
  std::shared_ptr<Console> console = nullptr;  ///< null: stdout and stderr
  /// Who may ask to stop; must outlive the trainer. Null: the StopSignals there is, such as that of baton::run.
  StopRequest* stop = nullptr;
};

struct PredictionOutput {
  at::Tensor predictions;  ///< on the host, in the data's order; undefined with prediction_loss_only
  at::Tensor labels;       ///< undefined if the data has none
  Record metrics;          ///< with prefix
};

/// Trains as it is. Where a callback is not enough, derive from it and replace virtual methods; training calls them, a
/// replacement may call Trainer's own: examples/subclass_trainer. None is called before the constructor has returned.
///
/// Not thread-safe. Errors: ConfigError for arguments, data and misuse, CheckpointError for files of a run, Error for
/// what LibTorch refuses; whatever leaves a method has passed the callbacks' on_exception and on_close.
class Trainer {
 public:
  /// Seeds all generators with args.seed, as the reference does; the model's first weights are older than that, so a
  /// program calls set_seed() before it builds the model. Moves the model to the device, makes the output directory,
  /// fires on_init_end.
  explicit Trainer(TrainerOptions options);
  /// Closes the run.
  virtual ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  TrainOutput train();
  /// One evaluation of every evaluation set; metrics are named eval_... (eval_<set>_... for sets with names). Training
  /// calls this one whenever it evaluates, and looks for metric_for_best_model in what it returns.
  virtual Record evaluate(const std::string& metric_key_prefix = "eval");
  Record evaluate(DataSource data, const std::string& metric_key_prefix = "eval");
  PredictionOutput predict(DataSource data, const std::string& metric_key_prefix = "test");

  /// Writes model.safetensors and the files of the processing class into `folder`, or into the output directory. Called
  /// for every checkpoint.
  virtual void save_model(const std::filesystem::path& folder = {});
  /// Writes trainer_state.json into the output directory.
  void save_state();
  /// Prints the closing table of a split ("train", "eval", "test"); for "train" also where the time of the last train()
  /// went.
  void log_metrics(const std::string& split, const Record& metrics);
  /// Writes <split>_results.json into the output directory and, with `combined`, adds the metrics to all_results.json.
  /// For "train" the seconds that each phase of the last train() took are added: train_data_runtime and so on.
  void save_metrics(const std::string& split, const Record& metrics, bool combined = true);
  /// Adds a record to the log: on_prepare_log, log_history, on_log. Every record of training and evaluation passes it;
  /// `logs` is left as the callbacks made it.
  virtual void log(LogRecord& logs);

  /// The callbacks: add, pop and remove them here.
  CallbackHandler& callbacks();
  template <std::derived_from<TrainerCallback> T>
  void add_callback() {
    add_callback(std::make_shared<T>());
  }
  void add_callback(CallbackPtr callback);
  template <std::derived_from<TrainerCallback> T>
  std::shared_ptr<T> pop_callback() {
    return callbacks().pop<T>();
  }
  CallbackPtr pop_callback(const CallbackPtr& callback) { return callbacks().pop(callback); }
  template <std::derived_from<TrainerCallback> T>
  void remove_callback() {
    callbacks().remove<T>();
  }
  void remove_callback(const CallbackPtr& callback) { callbacks().remove(callback); }

  // --- steps that a derived class may replace; the names are the reference's ---
  /// The loss of one batch, one number with gradients. By default model().training_step(batch).
  virtual at::Tensor compute_loss(const AnyBatch& batch);
  /// Forward and backward of one batch, after model().train(true). The loss is to be divided by `divisor`, the number
  /// of batches in this update, before backward(). Returns that quotient, on the device; only its value is used.
  virtual at::Tensor training_step(const AnyBatch& batch, double divisor);
  /// One step of an evaluation or a prediction, without gradients and after model().train(false). By default
  /// model().evaluation_step(batch).
  virtual EvalStep prediction_step(const AnyBatch& batch);
  /// For total_flos. By default model().floating_point_ops(batch).
  virtual double floating_point_ops(const AnyBatch& batch);
  /// Called once, when the first train() begins. By default what args().optim names, with the reference's two groups.
  virtual std::unique_ptr<Optimizer> create_optimizer();
  /// Called at the begin of every train(). By default LrScheduler(spec).
  virtual LrScheduler create_scheduler(const LrScheduleSpec& spec);
  /// Called at the begin of the first train(), and again when auto_find_batch_size makes train_batch_size() smaller.
  virtual std::unique_ptr<DataLoader> get_train_dataloader();
  /// Called for each evaluation and prediction.
  virtual std::unique_ptr<DataLoader> get_eval_dataloader(const DataSource& data);

  /// What a training_step of one's own calls in the place of loss.backward().
  void backward(const at::Tensor& loss);
  std::int64_t train_batch_size() const;

  TrainingModule& model();
  const ResolvedArguments& args() const;
  const TrainerState& state() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace baton
