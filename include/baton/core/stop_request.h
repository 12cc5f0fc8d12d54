// StopRequest: how somebody outside of a run asks it to stop. For signals: baton/core/stop_signals.h.
#pragma once

namespace baton {

/// Looked at after every update and, outside of training, after every batch of an evaluation; from the training thread.
/// What the loop does then: docs/checkpoints.md, "Stop a run".
class StopRequest {
 public:
  virtual ~StopRequest() = default;

  /// The signal that asks, such as SIGTERM; 0: nobody asks. It stays until answer(). Should cost next to nothing.
  virtual int signal() const noexcept = 0;
  /// The request is met and the program goes on (enable_jit_checkpoint): signal() is 0 until somebody else asks.
  virtual void answer() noexcept = 0;

  /// Between these two somebody looks at signal(). They come in pairs, which may nest.
  virtual void begin_listening() noexcept {}
  virtual void end_listening() noexcept {}
};

}  // namespace baton
