// WorkerThread: the thread that drives one Worker. It looks into the journal at an interval, so that the training
// thread need not tell it of every record.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "src/track/worker.h"

namespace baton::track {

enum class NextMove { kLookAgain, kWait, kEnd };
/// What the thread does after a look into the journal. `was_finishing`: before that look it had been told that nothing
/// more will be written; if it was told only since, something may have been written behind the look.
NextMove next_move(Standing standing, bool was_finishing);

/// Methods are called from one thread.
class WorkerThread {
 public:
  /// Throws std::system_error if there can be no thread.
  explicit WorkerThread(std::unique_ptr<Worker> worker,
                        std::chrono::milliseconds interval = std::chrono::milliseconds(250));
  /// Leaves everything as it is, at once.
  ~WorkerThread();
  WorkerThread(const WorkerThread&) = delete;
  WorkerThread& operator=(const WorkerThread&) = delete;

  /// Nothing more will be written to the journal: the thread ends once everything is delivered.
  void finish();
  /// Waits for that, until then at most. True if everything is delivered, or the tracker is unusable.
  bool wait_until(std::chrono::steady_clock::time_point deadline);

  const Worker& worker() const { return *worker_; }

 private:
  void run();
  void wait(std::unique_lock<std::mutex>& lock, Progress progress, bool was_finishing);

  std::unique_ptr<Worker> worker_;
  std::chrono::milliseconds interval_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool finishing_ = false;
  bool stopping_ = false;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace baton::track
