// EnergySource: a part of the machine that uses energy, and how one finds out how much.
#pragma once

#include <string>

namespace baton::track::carbon {

/// Called by one thread at a time, begin() first. Nothing throws: what cannot be read counts for nothing, or is made up
/// for by the next reading where there is a counter.
class EnergySource {
 public:
  virtual ~EnergySource() = default;

  /// From now on it counts.
  virtual void begin() = 0;
  /// Joules used since the last call, or since begin(), `seconds` ago.
  virtual double joules(double seconds) = 0;
  /// What a person should know about the figures, one line; empty: nothing.
  virtual std::string problem() const { return {}; }
};

}  // namespace baton::track::carbon
