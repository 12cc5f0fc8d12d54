// A stop request that a test makes by hand, and a callback that makes it in the middle of a run.
#pragma once

#include <csignal>
#include <cstdint>

#include "baton/core/stop_request.h"
#include "tests/fakes/every_event_callback.h"

namespace baton::fakes {

class StopByHand final : public StopRequest {
 public:
  /// Like a signal handler: asks only if somebody listens.
  void ask(int signal = SIGTERM) {
    if (listeners > 0) asked = signal;
  }

  int signal() const noexcept override { return asked; }
  void answer() noexcept override { asked = 0; }
  void begin_listening() noexcept override { ++listeners; }
  void end_listening() noexcept override { --listeners; }

  int asked = 0;
  int listeners = 0;
};

/// Asks at every event of that kind at that global_step.
class AskAt final : public EveryEventCallback {
 public:
  AskAt(EventKind kind, std::int64_t step, StopByHand& request) : kind_(kind), step_(step), request_(request) {}
  void on_event(EventKind kind, Event& event, const Record*) override {
    if (kind == kind_ && event.state.global_step == step_) request_.ask();
  }

 private:
  EventKind kind_;
  std::int64_t step_;
  StopByHand& request_;
};

}  // namespace baton::fakes
