// CopyAhead: while a device computes on one window of batches, the next one is copied to it on a stream of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <optional>
#include <vector>

#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/util/FunctionRef.h>

#include "baton/train/batch.h"

namespace baton::train {

/// What a micro step works on.
struct MicroBatch {
  AnyBatch batch;
  std::int64_t tokens = 0;
};

/// The streams wait for each other on the device, the host for neither. No memory is written before its last reader is
/// done, however long a model keeps a batch or a part of it: a copy begins after everything that the current stream was
/// given until then, and what it reads is kept until the current stream waits for it.
class CopyAhead {
 public:
  /// The next batch, not yet on the device, or nothing at the end. Called with the caller's current stream.
  using Next = c10::function_ref<std::optional<MicroBatch>()>;

  /// `streams` is c10's access to those of `device`, and outlives this.
  CopyAhead(at::Device device, const c10::impl::DeviceGuardImplInterface& streams);

  /// Puts up to `count` batches, for use on the current stream, in the place of the window before. Then fetches as many
  /// of those after them and begins to copy them. What goes wrong with a batch is thrown by the call that should have
  /// returned it.
  void fetch(std::size_t count, Next next, std::vector<MicroBatch>& window);
  /// Drops what was fetched ahead, because another batch comes next.
  void restart();

 private:
  struct Copied {
    MicroBatch micro;
    AnyBatch source;
  };

  void fill(std::size_t count, Next next);
  void copy(MicroBatch micro);
  void order(const c10::Stream& first, const c10::Stream& then) const;

  at::Device device_;
  const c10::impl::DeviceGuardImplInterface& streams_;
  c10::Stream copies_;
  std::deque<Copied> ready_;
  std::exception_ptr error_;  ///< of the batch after them
  bool is_at_end_ = false;
};

}  // namespace baton::train
