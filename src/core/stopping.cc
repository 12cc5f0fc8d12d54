#include "src/core/stopping.h"

#include <csignal>
#include <string>

#include "baton/core/errors.h"

namespace baton {
namespace {

std::string signal_name(int signal) {
  if (signal == SIGTERM) return "SIGTERM";
  if (signal == SIGINT) return "SIGINT";
  return "signal " + std::to_string(signal);
}

std::string what_happened(const LoopContext& run, const std::filesystem::path& checkpoint) {
  return signal_name(run.stop_signal()) + ": stopped after step " + std::to_string(run.state.global_step) +
         ", saved in " + checkpoint.string() + "; to go on: --resume_from_checkpoint=true";
}

}  // namespace

JitCheckpoint::JitCheckpoint(LoopContext& run) : run_(run), given_(run.parts.stop) {
  if (!run_.args.enable_jit_checkpoint) return;
  run_.jit_signal = SIGTERM;
  if (!given_) run_.parts.stop = StopSignals::in_force();
  if (!run_.parts.stop) run_.parts.stop = &own_.emplace(std::vector<int>{SIGTERM});
}

JitCheckpoint::~JitCheckpoint() {
  run_.jit_signal = 0;
  run_.parts.stop = given_;
}

void throw_stopped(const LoopContext& run, const std::filesystem::path& checkpoint) {
  throw Stopped(run.stop_signal(), what_happened(run, checkpoint));
}

void stop_outside_training(LoopContext& run) {
  const int signal = run.stop_signal();
  if (signal == 0) return;
  if (signal == run.jit_signal) return run.parts.stop->answer();  // too late: training has ended
  throw Stopped(signal, signal_name(signal) + ": stopped outside of training, nothing was saved");
}

void tell_jit_checkpoint(const LoopContext& run, const std::filesystem::path& checkpoint) {
  run.parts.notices.notice({"jit_checkpoint", what_happened(run, checkpoint)});
}

}  // namespace baton
