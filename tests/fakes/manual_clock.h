// A clock that stands still until a test moves it.
#pragma once

#include <chrono>
#include <cstdint>

#include "baton/core/clock.h"

namespace baton::fakes {

class ManualClock final : public Clock {
 public:
  std::int64_t now_ns() override {
    ++reads;
    return now_.count();
  }
  void advance(std::chrono::nanoseconds time) { now_ += time; }

  int reads = 0;

 private:
  std::chrono::nanoseconds now_ = std::chrono::hours(1);
};

}  // namespace baton::fakes
