#include "baton/core/default_flow.h"

#include <cmath>
#include <cstdint>

namespace baton {
namespace {

// A cadence is an integer unless a state file says otherwise; like Python's %, fmod is 0 where a fraction divides the
// step.
bool is_due(std::int64_t step, const Value& cadence) {
  if (const std::int64_t* every = cadence.integer()) return *every != 0 && step % *every == 0;
  return std::fmod(static_cast<double>(step), cadence.number()) == 0.0;
}

}  // namespace

FlowDecision decide_step_end(const ResolvedArguments& args, const TrainerState& state) {
  const std::int64_t step = state.global_step;
  const bool evaluates = args.eval_strategy == EvalStrategy::kSteps && args.eval_delay <= static_cast<double>(step);
  const bool saves = args.save_strategy == SaveStrategy::kSteps;

  FlowDecision due;
  due.stop = step >= state.max_steps;
  due.log = (step == 1 && args.logging_first_step) ||
            (args.logging_strategy == LoggingStrategy::kSteps && is_due(step, state.logging_steps));
  due.evaluate = evaluates && (due.stop || is_due(step, state.eval_steps));
  due.save = saves && (due.stop || (is_due(step, state.save_steps) && state.save_steps.number() > 0.0));
  return due;
}

FlowDecision decide_epoch_end(const ResolvedArguments& args, const TrainerState& state) {
  return {.log = args.logging_strategy == LoggingStrategy::kEpoch,
          .evaluate = args.eval_strategy == EvalStrategy::kEpoch && args.eval_delay <= state.epoch,
          .save = args.save_strategy == SaveStrategy::kEpoch};
}

void apply(const FlowDecision& decision, TrainerControl& control) {
  control.should_log |= decision.log;
  control.should_evaluate |= decision.evaluate;
  control.should_save |= decision.save;
  control.should_training_stop |= decision.stop;
}

void DefaultFlowCallback::on_step_end(StepEvent& event) {
  apply(decide_step_end(event.args, event.state), event.control);
}

void DefaultFlowCallback::on_epoch_end(EpochEvent& event) {
  apply(decide_epoch_end(event.args, event.state), event.control);
}

}  // namespace baton
