// RunServices: what a Run takes from the machine, so that tests can give something else.
#pragma once

#include <functional>
#include <memory>

#include "baton/core/clock.h"
#include "baton/core/environment.h"
#include "src/base/disk.h"

namespace baton::track {

/// Nanoseconds since 1970. The time may be set, and then jump.
class WallClock final : public Clock {
 public:
  std::int64_t now_ns() override;
};

struct RunServices {
  std::unique_ptr<Disk> disk;
  std::unique_ptr<Clock> wall;
  std::unique_ptr<Environment> environment;
  std::function<double()> random;  ///< 0 to 1; thread-safe
};

std::shared_ptr<RunServices> real_services();

}  // namespace baton::track
