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

NextMove next_move(Standing standing, bool was_finishing) {
  switch (standing) {
    case Standing::kBehind:
      return NextMove::kLookAgain;
    case Standing::kWaiting:
      return NextMove::kWait;
    case Standing::kStopped:
      return NextMove::kEnd;
    case Standing::kIdle:
    case Standing::kDone:
      break;
  }
  return was_finishing ? NextMove::kEnd : NextMove::kWait;
}

void WorkerThread::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const bool was_finishing = finishing_;  // before the look: what comes after it is still to be looked at
    lock.unlock();
    const Progress progress = worker_->step(now_ns());
    lock.lock();
    const NextMove next = next_move(progress.standing, was_finishing);
    if (next == NextMove::kEnd) break;
    if (next == NextMove::kWait) wait(lock, progress, was_finishing);
  }
  ended_ = true;
  changed_.notify_all();
}

/// Until there may be something to do.
void WorkerThread::wait(std::unique_lock<std::mutex>& lock, Progress progress, bool was_finishing) {
  const auto ready = [&] { return stopping_ || finishing_ != was_finishing; };
  if (progress.standing == Standing::kWaiting) {
    const std::chrono::steady_clock::time_point next{std::chrono::nanoseconds(progress.next_ns)};
    changed_.wait_until(lock, next, ready);
  } else {
    changed_.wait_for(lock, interval_, ready);
  }
}

}  // namespace baton::track
