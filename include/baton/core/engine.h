// Engine: what the loop needs done and does not know how to do. LibTorch's engine trains real models; the dry engine
// (src/core/dry_engine.h) replays scripted numbers. The loop owns order, arithmetic, flags and cadence; an engine owns
// data and tensors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "baton/core/checkpoint_draft.h"
#include "baton/core/ledger.h"
#include "baton/core/lr_schedule.h"
#include "baton/core/objects.h"
#include "baton/core/value.h"

namespace baton {

/// Which of how many processes this is.
struct RankInfo {
  int rank = 0;
  int local_rank = 0;
  int world_size = 1;
};

/// How a micro batch is to be computed and its loss accounted for.
struct MicroStep {
  int index = 0;                    ///< within the window, from 0
  double divisor = 1.0;             ///< the window's true number of micro batches
  bool leave_out_nonfinite = true;  ///< add the running mean instead of a non-finite loss (logging_nan_inf_filter)
  std::int64_t updates_since_log = 0;
  std::int64_t global_step = 0;  ///< updates before this one
  Ledger* ledger = nullptr;      ///< if any, gets a lap of Phase::kForward once the loss is there
};

struct MicroResult {
  std::int64_t input_tokens = 0;
  double flos = 0.0;
};

/// What the device accumulated since the last reset.
struct LossRead {
  double loss_sum = 0.0;
  std::int64_t nonfinite = 0;       ///< losses that were NaN or infinite, filtered or not
  std::optional<double> grad_norm;  ///< of the last update, before clipping
};

/// What to run an evaluation or prediction over.
struct EvalRequest {
  enum class Data { kSet, kGiven };
  Data data = Data::kSet;
  std::string set{};  ///< one of eval_sets(); ignored for kGiven, which means the data last handed to the engine itself
  bool predict = false;          ///< keep the outputs for the caller
  bool within_training = false;  ///< train() is running
};

struct EvalResult {
  std::optional<double> loss;  ///< mean over samples; absent if there was none
  Record metrics;              ///< of the user's metric function, without prefix
  std::int64_t samples = 0;
  std::int64_t batches = 0;
};

enum class SaveScope { kEverything, kModelOnly };

/// The part of a save that writes. Called once, while the draft lives.
using SaveWork = std::function<void()>;

/// Called from the training thread only. Methods throw on failure; an OutOfMemoryError is answered by restart() where
/// `auto_find_batch_size` is on, unless it comes from evaluate(), where a smaller training batch would not help.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual RankInfo rank() const { return {}; }
  /// The live objects, as they come into existence; the loop adds the learning-rate scheduler (as LrScheduler).
  virtual Objects& objects() = 0;

  // --- training data ---
  /// False for an engine that can only evaluate and predict.
  virtual bool has_train_data() const { return true; }
  virtual std::int64_t train_batch_size() const = 0;
  /// Absent for data without a length.
  virtual std::optional<std::int64_t> train_samples() = 0;
  /// Batches of one epoch; absent for data without a length.
  virtual std::optional<std::int64_t> train_batches() = 0;
  /// Whether they have one; asked before there is a data loader.
  virtual bool train_data_is_sized() const = 0;
  /// Begins the pass of that epoch and leaves out its first `skip` batches.
  virtual void begin_epoch(std::int64_t epoch, std::int64_t skip) = 0;
  /// Fetches up to `batches` micro batches; returns how many there were.
  virtual int fetch_window(int batches) = 0;

  // --- one update ---
  /// Makes the optimizer if there is none (a second train() keeps the old one).
  virtual void prepare(std::int64_t max_steps) = 0;
  /// Where the schedule starts, once prepared: at the argument, unless the user's optimizer came with a rate of its
  /// own.
  virtual double base_learning_rate(double argument) const { return argument; }
  /// Forward and backward of one fetched batch. No host synchronisation.
  virtual MicroResult micro_step(const MicroStep& step) = 0;
  /// Measures the gradient norm and clips to `max_norm` if that is above 0. With `may_fold` the clipping may happen
  /// inside optimizer_step.
  virtual void clip(double max_norm, bool may_fold) = 0;
  /// False if the update was skipped for gradients that are not finite: the schedule must not advance.
  virtual bool optimizer_step(double learning_rate) = 0;
  virtual void zero_grad() = 0;
  /// Starts again with another batch size after running out of memory; keeps model and optimizer.
  virtual void restart(std::int64_t batch_size) = 0;

  // --- what was accumulated ---
  /// The only host synchronisation between logs.
  virtual LossRead read_loss() = 0;
  virtual void reset_loss() = 0;
  /// Continues a sum that a checkpoint remembered.
  virtual void restore_loss(double loss_sum, std::int64_t nonfinite) = 0;

  // --- evaluation ---
  /// Names of the evaluation sets; one unnamed set is {""}; empty if there is nothing to evaluate on.
  virtual std::vector<std::string> eval_sets() const = 0;
  virtual std::int64_t eval_batch_size() const = 0;
  /// Calls `after_batch` after every batch with their total number, if known. `leave_out_nonfinite`: batch losses that
  /// are not finite count only if there is no finite one.
  virtual EvalResult evaluate(const EvalRequest& request, bool leave_out_nonfinite,
                              const std::function<void(std::optional<std::int64_t> batches)>& after_batch) = 0;

  // --- checkpoints: the engine's own files ---
  /// What is left to do when this returns may be done on another thread if it `may_wait`: then it holds copies of
  /// everything that training goes on to change. Else it must be done before training goes on.
  virtual SaveWork save(CheckpointDraft& draft, SaveScope scope, const LrScheduler& scheduler, bool may_wait) = 0;
  /// Reads every byte of its files there. Throws CheckpointError that names the first that is damaged.
  virtual void verify(const std::filesystem::path& folder) const = 0;
  /// Throws CheckpointError if weights or optimizer there are not those of this training, and changes
  /// nothing then. Else the optimizer may be loaded already.
  virtual void check_fit(const std::filesystem::path& folder) = 0;
  /// Throws CheckpointError if the folder holds no usable weights; nothing is overwritten then.
  virtual void load_model(const std::filesystem::path& folder) = 0;
  /// Optimizer and schedule, if both are there; else neither, and nothing is returned.
  virtual std::optional<LrSchedulerState> load_optimizer(const std::filesystem::path& folder) = 0;
  /// Random number generators, if they are there.
  virtual void load_rng(const std::filesystem::path& folder) = 0;
};

}  // namespace baton
