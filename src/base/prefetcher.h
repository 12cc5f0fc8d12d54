// Prefetcher: makes numbered items ahead of their use, on threads of its own, and hands them out in order.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <latch>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace baton {

/// Its owner uses it from one thread at a time.
template <class Item>
class Prefetcher {
 public:
  /// Makes item `number`; nothing means that the items ended before it. Several threads call it at once. What it throws
  /// is thrown by next() when it is that item's turn; the items after it are made all the same.
  using Make = std::function<std::optional<Item>(std::int64_t number)>;

  /// Numbers are not negative. Up to `ahead` items, at least one, wait or are being made. `on_start` runs first on each
  /// thread; the constructor returns when it has run on all of them. Throws std::system_error if there are no threads
  /// to be had.
  Prefetcher(int threads, std::size_t ahead, const std::function<void()>& on_start = {}) : slots_(ahead) {
    std::latch started(threads);
    try {
      for (int i = 0; i < threads; ++i) {
        threads_.emplace_back([this, &started, &on_start] {
          if (on_start) on_start();
          started.count_down();
          work();
        });
      }
    } catch (...) {
      started.count_down(threads - static_cast<std::ptrdiff_t>(threads_.size()));
      started.wait();
      close();
      throw;
    }
    started.wait();
  }
  /// Waits for the items in the making.
  ~Prefetcher() { close(); }
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;

  /// Waits for what is in the making, and drops what was made ahead: next() gives nothing until begin().
  void stop() {
    std::unique_lock lock(mutex_);
    end_ = 0;  // nothing more is begun
    idle_.wait(lock, [this] { return in_making_ == 0; });
    for (Slot& slot : slots_) slot = {};
  }

  /// Stops, then lets next() give the items `first`, `first` + 1, ... below `end`.
  void begin(Make make, std::int64_t first, std::int64_t end) {
    stop();
    const std::lock_guard lock(mutex_);
    make_ = std::move(make);
    next_to_make_ = next_to_take_ = first;
    end_ = end;
    has_work_.notify_all();
  }

  /// Waits for the next item; nothing after the last one.
  std::optional<Item> next() {
    std::unique_lock lock(mutex_);
    Slot& slot = slot_of(next_to_take_);
    is_ready_.wait(lock, [&] { return slot.is_full || next_to_take_ >= end_; });
    if (next_to_take_ >= end_) return std::nullopt;
    Slot taken = std::exchange(slot, {});
    ++next_to_take_;
    lock.unlock();
    has_work_.notify_one();
    if (taken.error) std::rethrow_exception(taken.error);
    return std::move(taken.item);
  }

 private:
  struct Slot {
    bool is_full = false;
    std::optional<Item> item;
    std::exception_ptr error;
  };

  Slot& slot_of(std::int64_t number) { return slots_[static_cast<std::size_t>(number) % slots_.size()]; }

  bool may_make() const {
    return next_to_make_ < end_ && next_to_make_ - next_to_take_ < static_cast<std::int64_t>(slots_.size());
  }

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      has_work_.wait(lock, [this] { return closing_ || may_make(); });
      if (closing_) return;
      const std::int64_t number = next_to_make_++;
      ++in_making_;
      lock.unlock();
      Slot made = make(number);
      lock.lock();
      put(number, std::move(made));
    }
  }

  Slot make(std::int64_t number) const {
    Slot made{.is_full = true, .item = {}, .error = {}};
    try {
      made.item = make_(number);
    } catch (...) {
      made.error = std::current_exception();
    }
    return made;
  }

  void put(std::int64_t number, Slot made) {
    if (!made.item && !made.error) end_ = std::min(end_, number);
    slot_of(number) = std::move(made);
    if (--in_making_ == 0) idle_.notify_one();
    if (number == next_to_take_ || next_to_take_ >= end_) is_ready_.notify_one();
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    has_work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  std::mutex mutex_;
  std::condition_variable has_work_;  ///< for the threads
  std::condition_variable is_ready_;  ///< for next()
  std::condition_variable idle_;      ///< for stop()
  std::vector<Slot> slots_;           ///< a ring: item n lies in slot n modulo their number
  Make make_;                         ///< changes only while nothing is in the making
  std::int64_t next_to_make_ = 0;
  std::int64_t next_to_take_ = 0;
  std::int64_t end_ = 0;
  int in_making_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace baton
