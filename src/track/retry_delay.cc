#include "src/track/retry_delay.h"

#include <algorithm>

namespace baton::track {

std::chrono::milliseconds retry_delay(int failures, double random, std::chrono::milliseconds retry_after) {
  constexpr std::chrono::milliseconds kFirst = std::chrono::seconds(1);
  constexpr std::chrono::milliseconds kMost = std::chrono::minutes(2);
  const int doublings = std::clamp(failures - 1, 0, 10);
  const auto full = std::min(kFirst * (1 << doublings), kMost);
  const auto share = static_cast<std::int64_t>(static_cast<double>(full.count()) * (0.5 + 0.5 * random));
  return std::max(std::chrono::milliseconds(share), retry_after);
}

}  // namespace baton::track
