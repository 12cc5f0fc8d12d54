// DefaultFlowCallback: turns the strategies and cadences of a run into flags. It comes first in every handler; without
// it training neither logs, evaluates nor saves by itself, and goes on to the end of the epoch in which max_steps is
// reached. Rules: hf-contract §6.
#pragma once

#include "baton/core/arguments.h"
#include "baton/core/callback.h"
#include "baton/core/control.h"
#include "baton/core/state.h"

namespace baton {

/// What is due now.
struct FlowDecision {
  bool log = false;
  bool evaluate = false;
  bool save = false;
  bool stop = false;

  friend bool operator==(const FlowDecision&, const FlowDecision&) = default;
};

/// What is due after the update `state.global_step`. The cadences are those of `state`; one of 0 is never due.
FlowDecision decide_step_end(const ResolvedArguments& args, const TrainerState& state);

/// What is due after an epoch.
FlowDecision decide_epoch_end(const ResolvedArguments& args, const TrainerState& state);

/// Sets the flags of what is due; clears none.
void apply(const FlowDecision& decision, TrainerControl& control);

class DefaultFlowCallback : public TrainerCallback {
 public:
  void on_step_end(StepEvent& event) override;
  void on_epoch_end(EpochEvent& event) override;
};

}  // namespace baton
