// RateOutline: the course of a learning rate, as the stretches over which it rises, stays or falls.
#pragma once

#include <cstdint>
#include <vector>

namespace baton {

struct RatePoint {
  std::int64_t step = 0;  ///< the update that it was used for, from 1
  double rate = 0.0;
};

enum class RateTrend { kStays, kRises, kFalls };

/// From one update to another; the next phase begins where this one ends.
struct RatePhase {
  RateTrend trend = RateTrend::kStays;
  RatePoint from;
  RatePoint to;
};

class RateOutline {
 public:
  /// Changes from one update to the next of no more than `smallest_change` count as none.
  explicit RateOutline(double smallest_change = 0.0) : smallest_change_(smallest_change) {}

  /// Updates come one by one, in order.
  void add(RatePoint point);
  const std::vector<RatePhase>& phases() const { return phases_; }

 private:
  RateTrend trend(double change) const;

  double smallest_change_;
  std::vector<RatePhase> phases_;
};

}  // namespace baton
