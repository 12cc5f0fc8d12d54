#include "src/track/worker_thread.h"

#include <algorithm>

namespace baton::track {
namespace {

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

WorkerThread::WorkerThread(std::unique_ptr<Worker> worker, std::chrono::milliseconds interval)
    : worker_(std::move(worker)), interval_(interval), thread_([this] { run(); }) {}

WorkerThread::~WorkerThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  worker_->cancel();
  changed_.notify_all();
  thread_.join();
}

void WorkerThread::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
  }
  changed_.notify_all();
}

bool WorkerThread::wait_until(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [this] { return ended_; });
}

void WorkerThread::run() {
  while (wait(worker_->step(now_ns()))) {
  }
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
}

/// Until there may be something to do. False if there will be nothing.
bool WorkerThread::wait(Progress progress) {
  std::unique_lock lock(mutex_);
  if (stopping_ || progress.standing == Standing::kStopped) return false;
  if (progress.standing == Standing::kBehind) return true;
  const bool has_everything = progress.standing != Standing::kWaiting;
  if (finishing_ && has_everything) return false;
  const bool was_finishing = finishing_;
  const auto ready = [&] { return stopping_ || finishing_ != was_finishing; };
  if (has_everything) {
    changed_.wait_for(lock, interval_, ready);
  } else {
    changed_.wait_until(lock, std::chrono::steady_clock::time_point(std::chrono::nanoseconds(progress.next_ns)), ready);
  }
  return !stopping_;
}

}  // namespace baton::track
