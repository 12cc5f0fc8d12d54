// Gauges: how busy the machine is.
#pragma once

#include <optional>
#include <vector>

#include "src/track/codecarbon/gpus.h"
#include "src/track/codecarbon/machine.h"

namespace baton::track::carbon {

struct Levels {
  double cpu_percent = 0.0;  ///< since the last reading
  double gpu_percent = 0.0;  ///< now, the mean of the cards
  double ram_percent = 0.0;
  double ram_used_gb = 0.0;
};

class Gauges {
 public:
  virtual ~Gauges() = default;
  virtual Levels read() = 0;
};

class MachineGauges final : public Gauges {
 public:
  /// `machine` and `gpus` must outlive it; without cards `gpus` may be null.
  MachineGauges(const Machine& machine, const Gpus* gpus, std::vector<std::size_t> cards)
      : machine_(machine), gpus_(gpus), cards_(std::move(cards)) {}

  /// The first reading tells nothing of the processors yet.
  Levels read() override;

 private:
  double gpu_percent() const;

  const Machine& machine_;
  const Gpus* gpus_;
  std::vector<std::size_t> cards_;
  std::optional<CpuTimes> before_;
};

}  // namespace baton::track::carbon
