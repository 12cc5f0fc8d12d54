#include "src/core/rate_outline.h"

namespace baton {

void RateOutline::add(RatePoint point) {
  if (phases_.empty()) {
    phases_.push_back({.from = point, .to = point});
    return;
  }
  RatePhase& phase = phases_.back();
  const RateTrend now = trend(point.rate - phase.to.rate);
  const bool has_begun = phase.to.step > phase.from.step;
  if (has_begun && now != phase.trend) {
    phases_.push_back({.trend = now, .from = phase.to, .to = point});
  } else {
    phase.trend = now;
    phase.to = point;
  }
}

RateTrend RateOutline::trend(double change) const {
  if (change > smallest_change_) return RateTrend::kRises;
  return change < -smallest_change_ ? RateTrend::kFalls : RateTrend::kStays;
}

}  // namespace baton
