// Axis: round numbers along a side of a picture.
#pragma once

#include <string>
#include <vector>

namespace baton::track::report {

struct Tick {
  double value = 0.0;
  std::string label{};
};

/// About `count` multiples of 1, 2 or 5 times a power of ten between `low` and `high`, both finite, low < high.
std::vector<Tick> ticks_between(double low, double high, int count);

}  // namespace baton::track::report
