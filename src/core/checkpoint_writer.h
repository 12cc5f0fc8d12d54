// CheckpointWriter: puts checkpoints on the disk one after the other, at once or on a thread of its own.
#pragma once

#include <filesystem>
#include <functional>
#include <future>

#include "baton/core/checkpoint_store.h"
#include "baton/core/engine.h"
#include "baton/core/notice.h"

namespace baton {

/// Used from one thread. Methods throw CheckpointError if a checkpoint, the one at hand or the one before, could not be
/// written.
class CheckpointWriter {
 public:
  /// Takes what has to be read from live objects; the work it returns may wait only if it is told so.
  using Fill = std::function<SaveWork(CheckpointDraft& draft, bool may_wait)>;

  /// Both must outlive this.
  CheckpointWriter(CheckpointStore& store, NoticeSink& notices, bool in_background)
      : store_(store), notices_(notices), in_background_(in_background) {}
  /// Waits. An error that nobody was told yet becomes a notice.
  ~CheckpointWriter();
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  /// Begins after the one before is done; calls `when_written` on this thread once everything is on the disk: now, or
  /// in a later call of any method.
  void write(const std::filesystem::path& checkpoint, SavedRun run, const Fill& fill,
             std::function<void()> when_written);
  /// Looks whether the last one is done.
  void poll();
  /// Waits for the last one.
  void wait();

 private:
  CheckpointStore& store_;
  NoticeSink& notices_;
  bool in_background_;
  std::future<void> pending_;
  std::function<void()> when_written_;  ///< of the pending one
};

}  // namespace baton
