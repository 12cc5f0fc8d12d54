// Sources of energy without a counter: a model says how many watts the machine draws.
#pragma once

#include <optional>

#include "src/track/codecarbon/energy_source.h"
#include "src/track/codecarbon/machine.h"

namespace baton::track::carbon {

/// The processors, from their load. `machine` must outlive it.
class LoadSource final : public EnergySource {
 public:
  LoadSource(const Machine& machine, double tdp_watts) : machine_(machine), tdp_watts_(tdp_watts) {}

  void begin() override { before_ = machine_.cpu_times(); }
  double joules(double seconds) override;

 private:
  const Machine& machine_;
  double tdp_watts_;
  std::optional<CpuTimes> before_;
};

/// This process's share of the processors. `machine` must outlive it.
class ProcessSource final : public EnergySource {
 public:
  ProcessSource(const Machine& machine, double tdp_watts) : machine_(machine), tdp_watts_(tdp_watts) {}

  void begin() override { before_ = machine_.process_cpu_seconds(); }
  double joules(double seconds) override;

 private:
  const Machine& machine_;
  double tdp_watts_;
  std::optional<double> before_;
};

/// So many watts all the time.
class ConstantSource final : public EnergySource {
 public:
  explicit ConstantSource(double watts) : watts_(watts) {}

  void begin() override {}
  double joules(double seconds) override { return watts_ * seconds; }

 private:
  double watts_;
};

/// The memory that this process holds. `machine` must outlive it.
class ProcessMemorySource final : public EnergySource {
 public:
  explicit ProcessMemorySource(const Machine& machine) : machine_(machine) {}

  void begin() override {}
  double joules(double seconds) override;

 private:
  const Machine& machine_;
};

}  // namespace baton::track::carbon
