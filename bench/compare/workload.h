// What every contender does: the size of its data and batches, its settings, and how its updates are timed.
// contenders.py says the same for Python.
#pragma once

#include <ctime>
#include <string>

#include "bench/compare/models.h"

namespace compare {

inline constexpr std::int64_t kSamples = 4096;
inline constexpr double kLearningRate = 1e-3;
inline constexpr double kWeightDecay = 0.01;
inline constexpr std::int64_t kLoggingSteps = 100;

struct Workload {
  std::string model;
  std::int64_t steps = 0;

  std::int64_t batch_size() const { return model == "char_lm" ? 16 : 64; }
};

/// CPU seconds of this process since it began, all threads together.
inline double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Told after each update. The first ones are left out of the mean, they make what the others reuse.
class StepTimer {
 public:
  explicit StepTimer(std::int64_t steps) : steps_(steps) {}

  void finished(std::int64_t step) {
    if (step == 1) first_step_ = cpu_seconds();
    if (step == kWarmUp) begin_ = cpu_seconds();
    if (step == steps_) end_ = cpu_seconds();
  }
  double seconds_per_step() const {
    return steps_ > kWarmUp ? (end_ - begin_) / static_cast<double>(steps_ - kWarmUp) : 0.0;
  }
  /// From the start of the process to the end of the first update.
  double seconds_to_first_step() const { return first_step_; }

 private:
  static constexpr std::int64_t kWarmUp = 20;

  std::int64_t steps_;
  double first_step_ = 0.0, begin_ = 0.0, end_ = 0.0;
};

}  // namespace compare
