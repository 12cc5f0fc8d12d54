// Meter: adds up what the sources use.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "src/track/codecarbon/energy_source.h"
#include "src/track/codecarbon/gauges.h"
#include "src/track/codecarbon/totals.h"

namespace baton::track::carbon {

/// What energy is multiplied with.
struct Factors {
  double pue = 1.0;            ///< all energy a data centre uses, for one kWh of its computers
  double wue = 0.0;            ///< litres of water a kWh
  double grams_per_kwh = 0.0;  ///< CO2 equivalent
};

struct MeterParts {
  std::unique_ptr<EnergySource> cpu;
  std::unique_ptr<EnergySource> gpu;  ///< may be null
  std::unique_ptr<EnergySource> ram;
  std::unique_ptr<Gauges> gauges;
};

/// Thread-safe: one thread samples, another one may too.
class Meter {
 public:
  /// Goes on from `carried`.
  Meter(MeterParts parts, const Factors& factors, const Totals& carried = {})
      : parts_(std::move(parts)), factors_(factors), totals_(carried) {}

  /// The time in nanoseconds, as baton::Clock gives it.
  void begin(std::int64_t now_ns);
  /// Adds what was used since begin() or the last sample.
  void sample(std::int64_t now_ns);

  Totals totals() const;
  std::vector<std::string> problems() const;

 private:
  double kwh_of(EnergySource* source, double seconds) const;
  void add_levels(const Levels& levels, double seconds);

  mutable std::mutex mutex_;
  MeterParts parts_;
  Factors factors_;
  Totals totals_;
  std::int64_t last_ns_ = 0;
};

}  // namespace baton::track::carbon
