// Stopping: what a run does about a StopRequest, apart from saving.
#pragma once

#include <filesystem>

#include "src/core/loop_context.h"

namespace baton {

/// For as long as this lives, somebody looks at the request; null: there is none.
class Listening {
 public:
  explicit Listening(StopRequest* request) : request_(request) {
    if (request_) request_->begin_listening();
  }
  ~Listening() {
    if (request_) request_->end_listening();
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

 private:
  StopRequest* request_;
};

/// While train() runs with enable_jit_checkpoint: SIGTERM ends training as if it were done, and is caught here if the
/// loop was given no request.
class JitCheckpoint {
 public:
  explicit JitCheckpoint(LoopContext& run);
  ~JitCheckpoint();
  JitCheckpoint(const JitCheckpoint&) = delete;
  JitCheckpoint& operator=(const JitCheckpoint&) = delete;

 private:
  LoopContext& run_;
  StopRequest* const given_;
  std::optional<StopSignals> own_;
};

/// Ends training: what was trained is in `checkpoint`.
[[noreturn]] void throw_stopped(const LoopContext& run, const std::filesystem::path& checkpoint);
/// Outside of training, where there is nothing to save: throws Stopped if somebody asks to stop.
void stop_outside_training(LoopContext& run);
/// Says that training ends early, and where it can go on.
void tell_jit_checkpoint(const LoopContext& run, const std::filesystem::path& checkpoint);

}  // namespace baton
