// Ledger: where the time of a training run went, by phases and callbacks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "baton/core/clock.h"
#include "baton/core/event_kind.h"

namespace baton {

/// What a run does outside of its callbacks.
enum class Phase {
  kData,       ///< waiting for batches
  kForward,    ///< the loss of a batch
  kBackward,   ///< its gradients
  kOptimizer,  ///< clipping, update, schedule, zeroing
  kLog,        ///< reading the loss, which waits for the device, and keeping the record
  kEvaluate,
  kSave,   ///< writing, reading and removing checkpoints
  kOther,  ///< the rest
};
inline constexpr std::size_t kPhaseCount = 8;

/// "data" and so on.
std::string_view phase_name(Phase phase);

/// Seconds of one callback.
struct CallbackTime {
  std::string name;
  std::array<double, kEventKindCount> by_event{};

  double total() const;
};

/// Seconds; phases and callbacks together make the total.
struct TimeReport {
  double total = 0.0;
  std::array<double, kPhaseCount> phases{};
  std::vector<CallbackTime> callbacks;  ///< in the order in which they were added

  double of(Phase phase) const { return phases[static_cast<std::size_t>(phase)]; }
  double of_callbacks() const;
};

/// A stopwatch that takes a lap whenever something ends, so that every moment belongs to one phase or callback.
///
/// Steps are many and alike: only some are timed, and the time of the others is shared out as in those. All else, the
/// first step too, is timed in full. A lap costs a look at the clock, or a branch in a step that is not timed.
///
/// Not thread-safe: it belongs to the training thread.
class Ledger {
 public:
  /// A prime, lest it beats time with a cadence of the run.
  static constexpr std::int64_t kSampleEvery = 17;

  /// Times the first step and then every `sample_every`-th one. `clock` must outlive the ledger. Throws ConfigError if
  /// sample_every is less than 1.
  explicit Ledger(Clock& clock, std::int64_t sample_every = kSampleEvery);

  /// Begins again at nothing, with the same callbacks.
  void begin_run();
  void begin_step();
  /// What comes now is in no step, until the next begin_step().
  void end_steps();

  /// Books the time since the last lap.
  void lap(Phase phase) {
    if (timing_) book(phases_[static_cast<std::size_t>(phase)]);
  }
  void lap(std::size_t callback, EventKind event) {
    if (timing_) book(callbacks_[callback].by_event[static_cast<std::size_t>(event)]);
  }
  /// Whether a lap would look at the clock.
  bool timing() const { return timing_; }

  /// Returns the callback's number for lap().
  std::size_t add_callback(std::string name);

  /// Of the run so far.
  TimeReport report();

 private:
  /// Nanoseconds.
  struct Account {
    std::int64_t in_full = 0;
    std::int64_t sampled = 0;
  };
  struct CallbackAccounts {
    std::string name;
    std::array<Account, kEventKindCount> by_event{};
  };
  void turn_to(bool timing, bool sampling);
  void book(Account& account);
  /// The sum of all accounts.
  Account sum() const;

  Clock& clock_;
  std::int64_t sample_every_;
  std::int64_t begin_ns_ = 0;
  std::int64_t last_lap_ns_ = 0;
  std::int64_t steps_ = 0;
  std::int64_t next_timed_ = 0;  ///< step
  bool timing_ = true;
  bool sampling_ = false;  ///< within a step that stands for others
  std::array<Account, kPhaseCount> phases_{};
  std::vector<CallbackAccounts> callbacks_;
};

}  // namespace baton
