// What the parts of the training loop share: one run's arguments, state, flags and collaborators.
#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "baton/core/callback_handler.h"
#include "baton/core/lr_schedule.h"
#include "baton/core/stop_signals.h"
#include "baton/core/train_loop.h"

namespace baton {

struct LoopContext {
  LoopContext(ResolvedArguments arguments, CallbackList callbacks, const LoopParts& loop_parts)
      : args(std::move(arguments)),
        parts(loop_parts),
        handler(std::move(callbacks), {args, state, control, parts.engine.objects(), parts.notices, parts.ledger}) {}
  LoopContext(const LoopContext&) = delete;
  LoopContext& operator=(const LoopContext&) = delete;

  Engine& engine() { return parts.engine; }
  double seconds_since(std::int64_t start_ns) { return static_cast<double>(parts.clock.now_ns() - start_ns) * 1e-9; }
  /// Books the time since the last lap, if there is a ledger.
  void lap(Phase phase) {
    if (parts.ledger) parts.ledger->lap(phase);
  }
  /// Adds the floating-point operations counted since the last call to the state.
  void flush_flos() { state.total_flos += std::exchange(pending_flos, 0.0); }

  /// The signal that asks to stop, or 0.
  int stop_signal() const { return parts.stop ? parts.stop->signal() : 0; }

  /// Of the last update, which the engine knows unless it was before a resume.
  std::optional<double> grad_norm(const LossRead& read) const {
    return read.grad_norm ? read.grad_norm : loop.last_grad_norm;
  }

  ResolvedArguments args;
  LoopParts parts;
  TrainerState state;
  TrainerControl control;
  LoopState loop;
  std::optional<LrScheduler> scheduler;  ///< of the last train()
  double pending_flos = 0.0;
  bool is_training = false;
  int jit_signal = 0;  ///< the one that ends training as if it were done; 0: none
  Record token_rate;   ///< of the record that is being logged
  std::optional<std::filesystem::path> best_reloaded_from;
  CallbackHandler handler;
};

/// Adds the epoch (and the tokens seen with their rate, if they are counted), lets callbacks edit, appends to the
/// history, fires on_log.
void add_to_log(LoopContext& run, LogRecord& logs);

/// The same, or what the program does in its stead. `token_rate` goes behind the tokens.
void log_record(LoopContext& run, LogRecord& logs, Record token_rate = {});

}  // namespace baton
