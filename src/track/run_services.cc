#include "src/track/run_services.h"

#include <chrono>
#include <random>

namespace baton::track {

std::int64_t WallClock::now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::shared_ptr<RunServices> real_services() {
  auto services = std::make_shared<RunServices>();
  services->disk = std::make_unique<Disk>();
  services->wall = std::make_unique<WallClock>();
  services->environment = std::make_unique<ProcessEnvironment>();
  services->random = [] { return std::random_device()() / static_cast<double>(std::random_device::max()); };
  return services;
}

}  // namespace baton::track
