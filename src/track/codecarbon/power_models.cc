#include "src/track/codecarbon/power_models.h"

#include <algorithm>
#include <cmath>

namespace baton::track::carbon {

namespace {

constexpr int kMostModules = 32;

/// Modules paid in full each, once those beyond the 4th, 8th and 16th were counted at a discount.
double full_modules(int modules) {
  const auto between = [modules](int from, int to) {
    return static_cast<double>(std::clamp(modules, from, to) - from);
  };
  return between(0, 4) + 0.9 * between(4, 8) + 0.8 * between(8, 16) + 0.7 * between(16, kMostModules);
}

}  // namespace

double cpu_watts(double tdp_watts, double load) { return tdp_watts * (0.1 + 0.9 * load * load * load); }

double process_watts(double tdp_watts, double cpu_seconds, double seconds, int threads) {
  return seconds > 0.0 ? tdp_watts * cpu_seconds / (seconds * threads) : 0.0;
}

int memory_modules(double gigabytes) {
  if (gigabytes <= 2) return 1;
  if (gigabytes <= 16) return 2;
  if (gigabytes <= 64) return 4;
  if (gigabytes <= 128) return 8;
  double largest = 4;  // of 4, 8, 16 … 128 GB, so that there are at least eight
  while (largest < 128 && 2 * largest <= gigabytes / 8) largest *= 2;
  return static_cast<int>(std::min<double>(std::ceil(gigabytes / largest), kMostModules));
}

double memory_watts(double gigabytes, bool is_arm) {
  const double watts_each = is_arm ? 1.5 : 5.0;
  const double least = is_arm ? 3.0 : 10.0;
  return std::max(least, watts_each * full_modules(memory_modules(gigabytes)));
}

}  // namespace baton::track::carbon
