#include "src/track/codecarbon/gauges.h"

namespace baton::track::carbon {

Levels MachineGauges::read() {
  const std::optional<CpuTimes> now = machine_.cpu_times();
  const Memory memory = machine_.memory();
  Levels levels;
  if (now && before_) levels.cpu_percent = 100.0 * load_between(*before_, *now);
  if (now) before_ = now;
  levels.gpu_percent = gpu_percent();
  levels.ram_percent = memory.total > 0.0 ? 100.0 * memory.used / memory.total : 0.0;
  levels.ram_used_gb = memory.used;
  return levels;
}

double MachineGauges::gpu_percent() const {
  double sum = 0.0;
  for (const std::size_t card : cards_) sum += gpus_->utilization_percent(card).value_or(0.0);
  return cards_.empty() ? 0.0 : sum / static_cast<double>(cards_.size());
}

}  // namespace baton::track::carbon
