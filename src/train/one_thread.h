// How many threads LibTorch's operations use, for threads of our own that are many already.
#pragma once

namespace baton::train {

/// Operations of the calling thread use no other threads from now on. LibTorch also gives this number to threads that
/// start later: call it under a ThreadsUnchanged of the thread that started this one.
void compute_with_one_thread();

/// Puts back, when it is destroyed, what its own thread and threads that start later use.
class ThreadsUnchanged {
 public:
  ThreadsUnchanged();
  ~ThreadsUnchanged();
  ThreadsUnchanged(const ThreadsUnchanged&) = delete;
  ThreadsUnchanged& operator=(const ThreadsUnchanged&) = delete;

 private:
  int threads_;
};

}  // namespace baton::train
