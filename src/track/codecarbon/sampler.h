// Sampler: a thread that does something again and again.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace baton::track::carbon {

class Sampler {
 public:
  /// Calls `sample` every `period`, the first time after one. An exception of it ends the calls, no more.
  Sampler(std::chrono::nanoseconds period, std::function<void()> sample);
  /// Waits for a call under way, not for the period.
  ~Sampler();
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

 private:
  void run() noexcept;
  bool wait();

  std::chrono::nanoseconds period_;
  std::function<void()> sample_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool is_stopped_ = false;
  std::thread thread_;  ///< last, for it uses the others
};

}  // namespace baton::track::carbon
