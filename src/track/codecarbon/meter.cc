#include "src/track/codecarbon/meter.h"

namespace baton::track::carbon {

namespace {

constexpr double kJoulesPerKwh = 3.6e6;

}  // namespace

void Meter::begin(std::int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  for (EnergySource* source : {parts_.cpu.get(), parts_.gpu.get(), parts_.ram.get()}) {
    if (source != nullptr) source->begin();
  }
  parts_.gauges->read();
  last_ns_ = now_ns;
}

void Meter::sample(std::int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  if (now_ns <= last_ns_) return;
  const double seconds = static_cast<double>(now_ns - last_ns_) * 1e-9;
  last_ns_ = now_ns;
  const double before = totals_.kwh();
  totals_.seconds += seconds;
  totals_.cpu_kwh += kwh_of(parts_.cpu.get(), seconds);
  totals_.gpu_kwh += kwh_of(parts_.gpu.get(), seconds);
  totals_.ram_kwh += kwh_of(parts_.ram.get(), seconds);
  const double used = totals_.kwh() - before;
  totals_.emissions_kg += used * factors_.grams_per_kwh * 1e-3;
  totals_.water_litres += used * factors_.wue;
  add_levels(parts_.gauges->read(), seconds);
}

double Meter::kwh_of(EnergySource* source, double seconds) const {
  return source == nullptr ? 0.0 : source->joules(seconds) / kJoulesPerKwh * factors_.pue;
}

void Meter::add_levels(const Levels& levels, double seconds) {
  totals_.cpu_percent_seconds += levels.cpu_percent * seconds;
  totals_.gpu_percent_seconds += levels.gpu_percent * seconds;
  totals_.ram_percent_seconds += levels.ram_percent * seconds;
  totals_.ram_gb_seconds += levels.ram_used_gb * seconds;
}

Totals Meter::totals() const {
  const std::lock_guard lock(mutex_);
  return totals_;
}

std::vector<std::string> Meter::problems() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> problems;
  for (const EnergySource* source : {parts_.cpu.get(), parts_.gpu.get(), parts_.ram.get()}) {
    if (source == nullptr) continue;
    if (std::string problem = source->problem(); !problem.empty()) problems.push_back(std::move(problem));
  }
  return problems;
}

}  // namespace baton::track::carbon
