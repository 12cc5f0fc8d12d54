// Plans for tests: a run over a few samples, and the updates of a series one by one.
#pragma once

#include <cstdint>
#include <vector>

#include "src/core/run_plan.h"

namespace baton::fakes {

struct PlannedData {
  std::int64_t train_samples = 64;
  std::int64_t eval_samples = 64;
};

inline RunPlan plan_of(const TrainingArguments& args, PlannedData data = {}) {
  return plan_run({.args = resolve(args), .train_samples = data.train_samples, .eval_samples = data.eval_samples});
}

inline std::vector<std::int64_t> steps_in(const StepSeries& series) {
  std::vector<std::int64_t> steps;
  for (const StepRun& run : series.runs()) {
    for (std::int64_t i = 0; i < run.count; ++i) steps.push_back(run.first + i * run.every);
  }
  return steps;
}

}  // namespace baton::fakes
