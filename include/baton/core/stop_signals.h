// StopSignals: SIGINT and SIGTERM end a run in good order. baton::run has one; a program without it holds its own:
//
//   int main() {
//     const baton::StopSignals signals;
//     ...
//   }
#pragma once

#include <csignal>
#include <memory>
#include <vector>

#include "baton/core/stop_request.h"

namespace baton {

/// Handles the signals from its construction to its destruction, then restores what was there before; one at a time in
/// a process. A signal that the program was started to ignore (nohup, a shell's job in the background) stays ignored.
///
/// The first signal asks training or evaluation to stop, if one is under way; else it does what it does by default. So
/// does every further one, at once. System calls that a signal interrupts go on (SA_RESTART).
///
/// Make and destroy it on one thread, before the first and after the last Trainer. Signals may arrive on any thread.
class StopSignals final : public StopRequest {
 public:
  /// Throws ConfigError for a signal that cannot be handled, or if there is a StopSignals already.
  explicit StopSignals(const std::vector<int>& signals = {SIGINT, SIGTERM});
  ~StopSignals() override;
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// The one that handles signals now, or null.
  static StopSignals* in_force() noexcept;

  int signal() const noexcept override;
  void answer() noexcept override;
  void begin_listening() noexcept override;
  void end_listening() noexcept override;

 private:
  class Handler;
  std::vector<std::unique_ptr<Handler>> handlers_;
};

}  // namespace baton
