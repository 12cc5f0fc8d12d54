#include "src/track/codecarbon/sampler.h"

#include <utility>

namespace baton::track::carbon {

Sampler::Sampler(std::chrono::nanoseconds period, std::function<void()> sample)
    : period_(period), sample_(std::move(sample)), thread_([this] { run(); }) {}

Sampler::~Sampler() {
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

/// False once it shall stop.
bool Sampler::wait() {
  std::unique_lock lock(mutex_);
  return !stop_.wait_for(lock, period_, [this] { return is_stopped_; });
}

void Sampler::run() noexcept {
  try {
    while (wait()) sample_();
  } catch (...) {
    // The figures end here; the run does not.
  }
}

}  // namespace baton::track::carbon
