// TrainLoop: the training loop itself, torch-free. Order of events, arithmetic, flags and cadence are the reference's
// (hf-contract §2); docs/events.md shows it as pseudocode. What it drives: Engine, CheckpointStore, CallbackHandler.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "baton/core/callback_handler.h"
#include "baton/core/checkpoint_store.h"
#include "baton/core/engine.h"
#include "baton/core/ledger.h"
#include "baton/core/lr_schedule.h"
#include "baton/core/notice.h"
#include "baton/core/stop_request.h"

namespace baton {

/// What train() returns.
struct TrainOutput {
  std::int64_t global_step = 0;
  double training_loss = 0.0;         ///< mean over all updates of the run (D10)
  Record metrics;                     ///< the final log record
  std::int64_t nonfinite_losses = 0;  ///< micro batches whose loss was NaN or infinite (D11)
  TimeReport time;                    ///< where the time of this train() went; zeros without a ledger
};

/// What a program does in the loop's stead; what is empty the loop does itself. Trainer's virtual methods come in here.
struct LoopOverrides {
  std::function<Record()> evaluate;     ///< while training, for TrainLoop::evaluate("eval"); returns its metrics
  std::function<void(LogRecord&)> log;  ///< for every record; is to end in TrainLoop::log
  std::function<LrScheduler(const LrScheduleSpec&)> create_scheduler;  ///< at the begin of every train()
};

/// Which point of a search for hyper-parameters this run is.
struct Trial {
  std::string name;  ///< the run's checkpoints go into a folder of this name below the output directory
  Record params;
};

/// What a loop works with; all of it must outlive the loop.
struct LoopParts {
  Engine& engine;
  CheckpointStore& store;
  NoticeSink& notices;
  Clock& clock;
  Ledger* ledger = nullptr;  ///< null: nothing is timed
  bool keep_history = true;  ///< false: state.log_history stays empty (for plans over millions of steps)
  LoopOverrides overrides = {};
  std::optional<Trial> trial = std::nullopt;  ///< fills is_hyper_param_search, trial_name and trial_params
  StopRequest* stop = nullptr;                ///< null: nobody asks, but SIGTERM does with enable_jit_checkpoint
};

/// Not thread-safe. Any exception that leaves a method has passed on_exception and on_close(kFailed) of every callback,
/// but for Stopped, which train(), evaluate() and predict() throw when somebody asks to stop: on_close(kKilled) only.
class TrainLoop {
 public:
  /// Fires on_init_end. Throws ConfigError if data and arguments do not fit together.
  TrainLoop(ResolvedArguments args, CallbackList callbacks, LoopParts parts);
  /// Closes with kFinished unless it is closed.
  ~TrainLoop();
  TrainLoop(const TrainLoop&) = delete;
  TrainLoop& operator=(const TrainLoop&) = delete;

  /// Trains to the end. `resume`: "true" for the newest checkpoint, a folder, "false" or "" for none; absent: as the
  /// arguments say.
  TrainOutput train(const std::optional<std::string>& resume = std::nullopt);
  /// One evaluation of every evaluation set, or of the data handed to the engine; returns the prefixed metrics.
  Record evaluate(const std::string& metric_key_prefix = "eval");
  Record evaluate_given(const std::string& metric_key_prefix = "eval");
  Record predict(const std::string& metric_key_prefix = "test");
  /// Adds the epoch, appends to log_history and fires on_prepare_log and on_log. `logs` is then as the callbacks left
  /// it.
  void log(LogRecord& logs);

  /// Fires on_close once per run; a later call of train(), evaluate() or predict() begins a new run.
  void close(RunStatus status);

  const ResolvedArguments& args() const;
  const TrainerState& state() const;
  const TrainerControl& control() const;
  CallbackHandler& callbacks();
  /// The folder whose weights the last train() loaded at its end, if it did.
  const std::optional<std::filesystem::path>& best_reloaded_from() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace baton
