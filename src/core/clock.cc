#include "baton/core/clock.h"

#include <chrono>

namespace baton {

std::int64_t SteadyClock::now_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

}  // namespace baton
