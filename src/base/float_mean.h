// The mean of many float32 numbers with the very additions that NumPy makes, so that the last bits agree with Python's.
#pragma once

#include <cstdint>
#include <span>

namespace baton {

/// `count` times the same number.
struct FloatRun {
  float value;
  std::int64_t count;
};

/// numpy.mean() of the runs written out one after the other. NaN if there is no number at all.
double float_mean(std::span<const FloatRun> runs);

}  // namespace baton
