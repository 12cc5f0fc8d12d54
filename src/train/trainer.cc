#include "baton/train/trainer.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "baton/callbacks/default_callbacks.h"
#include "baton/core/checkpoint_folder.h"
#include "baton/core/console_notices.h"
#include "baton/core/errors.h"
#include "baton/core/stop_signals.h"
#include "baton/track/report_to.h"
#include "baton/track/tracker_group.h"
#include "baton/train/seed.h"
#include "src/base/files.h"
#include "src/core/folder_draft.h"
#include "src/core/results.h"
#include "src/train/checkpoint/module_file.h"
#include "src/train/determinism.h"
#include "src/train/torch_engine.h"

namespace baton {
namespace {

namespace fs = std::filesystem;

ResolvedArguments seeded(ResolvedArguments args) {
  set_seed(args.seed);
  if (args.full_determinism) train::use_deterministic_algorithms();
  return args;
}

/// Better now than at the first checkpoint.
void make_writable(const fs::path& folder, const char* what) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && ::access(folder.c_str(), W_OK | X_OK) != 0) error.assign(errno, std::generic_category());
  if (error) throw ConfigError(what + (" " + folder.string()) + ": cannot be written: " + error.message());
}

/// A trial's checkpoints stay apart from those of the others. Throws ConfigError if they cannot be written.
fs::path checkpoints_folder(const ResolvedArguments& args, const std::optional<Trial>& trial) {
  fs::path folder = args.output_dir;
  if (trial) {
    const fs::path name = trial->name;
    if (name.filename() != name || name.empty() || name == "." || name == "..") {
      throw ConfigError("The trial's name is \"" + trial->name + "\", expected the name of a folder");
    }
    folder /= name;
  }
  make_writable(folder, "--output_dir");
  return folder;
}

}  // namespace

class Trainer::Impl {
 public:
  Impl(Trainer& owner, TrainerOptions options)
      : console_(options.console ? options.console : standard_console_from_env()),
        notices_(console_),
        engine_(seeded(resolve(options.args)), engine_parts(owner, options)),
        store_(checkpoints_folder(engine_.args(), options.trial)),
        ledger_(console_->clock()),
        loop_(engine_.args(), all_callbacks(std::move(options.callbacks)),
              {.engine = engine_,
               .store = store_,
               .notices = notices_,
               .clock = console_->clock(),
               .ledger = &ledger_,
               .overrides = loop_overrides(owner),
               .trial = std::move(options.trial),
               .stop = options.stop ? options.stop : StopSignals::in_force()}) {}

  TrainOutput train() {
    TrainOutput output = loop_.train();
    train_time_ = output.time;
    if (track::Run* run = trackers_->current()) run->times(times_by_name(train_time_));
    return output;
  }
  void add_callback(CallbackPtr callback) {
    track::share_run({callback}, trackers_);
    loop_.callbacks().add(std::move(callback));
  }
  /// Of the last train().
  const TimeReport& train_time() const { return train_time_; }
  train::TorchEngine& engine() { return engine_; }
  TrainLoop& loop() { return loop_; }
  Console& console() { return *console_; }
  fs::path output_dir() const { return loop_.args().output_dir; }

 private:
  /// In the reference's order: default flow, trackers, the user's, progress.
  CallbackList all_callbacks(CallbackList user) {
    CallbackList callbacks = track::tracker_callbacks(engine_.args().report_to, ProcessEnvironment());
    callbacks.insert(callbacks.end(), user.begin(), user.end());
    track::share_run(callbacks, trackers_);
    return with_default_callbacks(engine_.args(), std::move(callbacks), console_);
  }
  static train::TorchEngineParts engine_parts(Trainer& owner, TrainerOptions& options) {
    return {.model = options.model.module(),
            .train_dataset = std::move(options.train_dataset),
            .eval_datasets = options.eval_dataset.all(),
            .compute_metrics = std::move(options.compute_metrics),
            .param_rules = std::move(options.param_rules),
            .create_optimizer = std::move(options.create_optimizer),
            .processing_class = std::move(options.processing_class),
            .overrides = engine_overrides(owner)};
  }
  static train::EngineOverrides engine_overrides(Trainer& owner) {
    return {
        .compute_loss = [&](const AnyBatch& batch) { return owner.compute_loss(batch); },
        .training_step = [&](const AnyBatch& batch, double divisor) { return owner.training_step(batch, divisor); },
        .prediction_step = [&](const AnyBatch& batch) { return owner.prediction_step(batch); },
        .floating_point_ops = [&](const AnyBatch& batch) { return owner.floating_point_ops(batch); },
        .create_optimizer = [&] { return owner.create_optimizer(); },
        .get_train_dataloader = [&] { return owner.get_train_dataloader(); },
        .get_eval_dataloader = [&](const DataSource& data) { return owner.get_eval_dataloader(data); },
        .save_model = [&](const fs::path& folder) { owner.save_model(folder); },
    };
  }
  static LoopOverrides loop_overrides(Trainer& owner) {
    return {.evaluate = [&] { return owner.evaluate("eval"); },
            .log = [&](LogRecord& logs) { owner.log(logs); },
            .create_scheduler = [&](const LrScheduleSpec& spec) { return owner.create_scheduler(spec); }};
  }

  std::shared_ptr<Console> console_;
  ConsoleNotices notices_;
  train::TorchEngine engine_;
  CheckpointFolder store_;
  Ledger ledger_;
  std::shared_ptr<track::TrackerGroup> trackers_ = std::make_shared<track::TrackerGroup>();
  TrainLoop loop_;
  TimeReport train_time_;
};

Trainer::Trainer(TrainerOptions options) : impl_(std::make_unique<Impl>(*this, std::move(options))) {}
Trainer::~Trainer() = default;

TrainOutput Trainer::train() { return impl_->train(); }

Record Trainer::evaluate(const std::string& metric_key_prefix) { return impl_->loop().evaluate(metric_key_prefix); }

Record Trainer::evaluate(DataSource data, const std::string& metric_key_prefix) {
  impl_->engine().give_data(std::move(data));
  return impl_->loop().evaluate_given(metric_key_prefix);
}

PredictionOutput Trainer::predict(DataSource data, const std::string& metric_key_prefix) {
  impl_->engine().give_data(std::move(data));
  Record metrics = impl_->loop().predict(metric_key_prefix);
  EvalPrediction prediction = impl_->engine().take_prediction();
  return {std::move(prediction.predictions), std::move(prediction.labels), std::move(metrics)};
}

void Trainer::save_model(const fs::path& folder) {
  const fs::path target = folder.empty() ? impl_->output_dir() : folder;
  make_writable(target, "save_model:");
  impl_->engine().save_weights(target);
}

void Trainer::save_state() { write_file(impl_->output_dir() / kStateFile, state().to_json()); }

void Trainer::log_metrics(const std::string& split, const Record& metrics) {
  impl_->console().write_line(metrics_table(split, metrics), Console::Channel::kOut);
  const std::string time = split == "train" ? time_table(impl_->train_time()) : "";
  if (!time.empty()) impl_->console().write_line(time, Console::Channel::kOut);
}

void Trainer::save_metrics(const std::string& split, const Record& metrics, bool combined) {
  Record results = metrics;
  if (split == "train") results.merge(time_metrics(impl_->train_time()));
  save_results(impl_->output_dir(), split, results, combined);
}

void Trainer::log(LogRecord& logs) { impl_->loop().log(logs); }

at::Tensor Trainer::compute_loss(const AnyBatch& batch) { return model().training_step(batch); }

at::Tensor Trainer::training_step(const AnyBatch& batch, double divisor) {
  return impl_->engine().forward_backward(batch, divisor);
}

EvalStep Trainer::prediction_step(const AnyBatch& batch) { return model().evaluation_step(batch); }

double Trainer::floating_point_ops(const AnyBatch& batch) { return model().floating_point_ops(batch); }

std::unique_ptr<Optimizer> Trainer::create_optimizer() { return impl_->engine().make_optimizer(); }

LrScheduler Trainer::create_scheduler(const LrScheduleSpec& spec) { return LrScheduler(spec); }

std::unique_ptr<DataLoader> Trainer::get_train_dataloader() { return impl_->engine().make_train_loader(); }

std::unique_ptr<DataLoader> Trainer::get_eval_dataloader(const DataSource& data) {
  return impl_->engine().make_eval_loader(data);
}

void Trainer::backward(const at::Tensor& loss) { impl_->engine().backward(loss); }

std::int64_t Trainer::train_batch_size() const { return impl_->engine().train_batch_size(); }

void Trainer::add_callback(CallbackPtr callback) { impl_->add_callback(std::move(callback)); }

CallbackHandler& Trainer::callbacks() { return impl_->loop().callbacks(); }
TrainingModule& Trainer::model() { return impl_->engine().model(); }
const ResolvedArguments& Trainer::args() const { return impl_->loop().args(); }
const TrainerState& Trainer::state() const { return impl_->loop().state(); }

}  // namespace baton
