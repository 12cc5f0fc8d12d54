#include "baton/train/trainer.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "baton/callbacks/default_callbacks.h"
#include "baton/core/checkpoint_folder.h"
#include "baton/core/console_notices.h"
#include "baton/core/errors.h"
#include "baton/train/seed.h"
#include "src/base/files.h"
#include "src/core/results.h"
#include "src/train/determinism.h"
#include "src/train/module_file.h"
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

}  // namespace

class Trainer::Impl {
 public:
  explicit Impl(TrainerOptions options)
      : console_(options.console ? std::move(options.console) : standard_console_from_env()),
        notices_(console_),
        engine_(seeded(resolve(options.args)), {.model = options.model.module(),
                                                .train_dataset = std::move(options.train_dataset),
                                                .eval_datasets = options.eval_dataset.all(),
                                                .compute_metrics = std::move(options.compute_metrics),
                                                .param_rules = std::move(options.param_rules),
                                                .create_optimizer = std::move(options.create_optimizer)}),
        store_(engine_.args().output_dir),
        ledger_(console_->clock()),
        loop_(
            (make_writable(engine_.args().output_dir, "--output_dir"), engine_.args()),
            with_default_callbacks(engine_.args(), std::move(options.callbacks), console_),
            {.engine = engine_, .store = store_, .notices = notices_, .clock = console_->clock(), .ledger = &ledger_}) {
  }

  TrainOutput train() {
    TrainOutput output = loop_.train();
    train_time_ = output.time;
    return output;
  }
  /// Of the last train().
  const TimeReport& train_time() const { return train_time_; }
  train::TorchEngine& engine() { return engine_; }
  TrainLoop& loop() { return loop_; }
  Console& console() { return *console_; }
  fs::path output_dir() const { return loop_.args().output_dir; }

 private:
  std::shared_ptr<Console> console_;
  ConsoleNotices notices_;
  train::TorchEngine engine_;
  CheckpointFolder store_;
  Ledger ledger_;
  TrainLoop loop_;
  TimeReport train_time_;
};

Trainer::Trainer(TrainerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
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
  train::save_module(model(), target / train::kModelFile);
}

void Trainer::save_state() { write_file(impl_->output_dir() / "trainer_state.json", state().to_json()); }

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

void Trainer::log(LogRecord logs) { impl_->loop().log(std::move(logs)); }

CallbackHandler& Trainer::callbacks() { return impl_->loop().callbacks(); }
TrainingModule& Trainer::model() { return impl_->engine().model(); }
const ResolvedArguments& Trainer::args() const { return impl_->loop().args(); }
const TrainerState& Trainer::state() const { return impl_->loop().state(); }

}  // namespace baton
