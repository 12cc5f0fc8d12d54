// The arithmetic of a run: how many batches, updates and epochs, where a resume begins, how fast it was (hf-contract
// §10). Pure functions: no clock, no data.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "baton/core/value.h"

namespace baton {

/// num_train_epochs of a run over data without a length.
inline constexpr std::int64_t kEndlessEpochs = std::numeric_limits<std::int64_t>::max();

/// Batches of one pass over `samples`; `drop_last` leaves out a short last batch.
/// Throws ConfigError unless `batch_size` is positive.
std::int64_t batch_count(std::int64_t samples, std::int64_t batch_size, bool drop_last);

/// The lengths the loop works with.
struct StepPlan {
  std::int64_t batches_per_epoch = 0;  ///< for data without a length: max_steps full windows, the whole run
  std::int64_t updates_per_epoch = 0;
  std::int64_t max_steps = 0;
  std::int64_t num_train_epochs = 0;  ///< rounded up; kEndlessEpochs for data without a length
  std::int64_t accumulation = 1;
  bool sized = true;  ///< false for data without a length and for data without a batch

  /// Micro batches of update number `update` (from 0) of an epoch: `accumulation`, or fewer in the last window of sized
  /// data. A stream may end sooner.
  std::int64_t window(std::int64_t update) const;
  /// state.epoch after `batches` micro batches of epoch `epoch`.
  double epoch_after(std::int64_t epoch, std::int64_t batches) const;
};

/// A positive `max_steps` outranks `num_train_epochs`; a negative one means unset. `batches_per_epoch` is absent for
/// data without a length; 0 bounds a run no better than that. Throws ConfigError if nothing bounds the run, if
/// `accumulation` is not positive, if `max_steps` is 0 (D12), and for epochs that are not finite or whose updates 64
/// bits cannot count.
StepPlan plan_steps(std::optional<std::int64_t> batches_per_epoch, std::int64_t accumulation, double num_train_epochs,
                    std::int64_t max_steps);

/// A cadence in updates. Below 1 it is a share of max_steps, rounded up after one multiplication of doubles (so .07 of
/// 100 is 8, as in the reference). From 1 on whole numbers become integers, and 2.5 stays 2.5.
Value absolute_steps(double steps, std::int64_t max_steps);

/// Where training goes on.
struct ResumePoint {
  std::int64_t epoch = 0;         ///< epochs done
  std::int64_t first_update = 0;  ///< updates of that epoch already done
  std::int64_t skip = 0;          ///< micro batches to leave out
};
/// After `global_step` updates of this plan. With `ignore_data_skip` the epoch begins again at its first batch.
ResumePoint resume_point(const StepPlan& plan, std::int64_t global_step, bool ignore_data_skip);

/// What speed_metrics counts; absent figures are left out.
struct WorkDone {
  std::optional<double> samples;
  std::optional<double> steps;
  std::optional<std::int64_t> tokens;
};
/// `<prefix>_runtime` (seconds, 4 decimals), then `_samples_per_second`, `_steps_per_second` and `_tokens_per_second`
/// (3 decimals), rounded as Python's round() does. There are no rates if the runtime is 0.
Record speed_metrics(std::string_view prefix, double seconds, const WorkDone& work);

}  // namespace baton
