// A training run of the real loop over the dry engine, without files: what the benchmarks and the allocation gate
// measure.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "baton/core/default_flow.h"
#include "baton/core/train_loop.h"
#include "src/core/dry_engine.h"
#include "src/core/name_store.h"

namespace baton::bench {

class NoNotices final : public NoticeSink {
 public:
  void notice(const Notice&) override {}
};

/// Overrides the events of a step, as a user's callback would.
class StepCounter final : public TrainerCallback {
 public:
  void on_step_begin(StepEvent&) override { ++count_; }
  void on_step_end(StepEvent& event) override { count_ += event.state.global_step; }
  std::int64_t count() const { return count_; }

 private:
  std::int64_t count_ = 0;
};

/// Neither logs, evaluates nor saves: nothing but steps.
inline ResolvedArguments steps_only(std::int64_t steps) {
  TrainingArguments args;
  args.output_dir = "unused";
  args.max_steps = steps;
  args.logging_strategy = LoggingStrategy::kNo;
  args.save_strategy = SaveStrategy::kNo;
  return resolve(args);
}

/// Three callbacks (default flow and two of a user) and the ledger.
class DryRun {
 public:
  explicit DryRun(std::int64_t steps)
      : loop_(steps_only(steps),
              {std::make_shared<DefaultFlowCallback>(), std::make_shared<StepCounter>(),
               std::make_shared<TrainerCallback>()},
              {engine_, store_, notices_, clock_, &ledger_, false}) {}

  void train() { loop_.train(); }

 private:
  static DryScript script() {
    DryScript script;
    script.train_samples = 8 * 1024;
    script.record_micros = false;
    return script;
  }

  DryEngine engine_{script()};
  NameStore store_;
  NoNotices notices_;
  SteadyClock clock_;
  Ledger ledger_{clock_};
  TrainLoop loop_;
};

}  // namespace baton::bench
