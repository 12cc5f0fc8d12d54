#include "src/track/codecarbon/model_sources.h"

#include "src/track/codecarbon/power_models.h"

namespace baton::track::carbon {

double LoadSource::joules(double seconds) {
  const std::optional<CpuTimes> now = machine_.cpu_times();
  const double load = now && before_ ? load_between(*before_, *now) : 0.0;
  if (now) before_ = now;
  return cpu_watts(tdp_watts_, load) * seconds;
}

double ProcessSource::joules(double seconds) {
  const std::optional<double> now = machine_.process_cpu_seconds();
  const double used = now && before_ ? *now - *before_ : 0.0;
  if (now) before_ = now;
  return process_watts(tdp_watts_, used, seconds, machine_.cpu_threads()) * seconds;
}

double ProcessMemorySource::joules(double seconds) {
  return memory_watts(machine_.process_memory(), is_arm_machine()) * seconds;
}

}  // namespace baton::track::carbon
