// Clock: the time that parts of Baton are given, so that tests can give another.
#pragma once

#include <cstdint>

namespace baton {

/// Nanoseconds from an arbitrary start, never going back.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t now_ns() = 0;
};

/// The machine's monotonic clock.
class SteadyClock final : public Clock {
 public:
  std::int64_t now_ns() override;
};

}  // namespace baton
