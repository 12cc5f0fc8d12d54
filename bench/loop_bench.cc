// What the loop costs without any work in it. Run: build/bin/loop_bench
#include <benchmark/benchmark.h>

#include "baton/core/callback_handler.h"
#include "bench/dry_run.h"

namespace {

using namespace baton;

/// One on_step_end to `range(0)` callbacks.
void BM_Dispatch(benchmark::State& state) {
  const ResolvedArguments args = bench::steps_only(1);
  TrainerState trainer_state;
  TrainerControl control;
  Objects objects;
  bench::NoNotices notices;
  CallbackList callbacks;
  for (std::int64_t i = 0; i < state.range(0); ++i) callbacks.push_back(std::make_shared<bench::StepCounter>());
  CallbackHandler handler(callbacks, {args, trainer_state, control, objects, notices});
  for (auto _ : state) {
    handler.on_step_end();
    benchmark::ClobberMemory();
  }
}
BENCHMARK(BM_Dispatch)->Arg(1)->Arg(8);

/// The whole loop a step, over the dry engine: three callbacks, ledger on.
void BM_LoopStep(benchmark::State& state) {
  constexpr std::int64_t kSteps = 100'000;
  for (auto _ : state) bench::DryRun(kSteps).train();
  state.counters["s_per_step"] = benchmark::Counter(
      static_cast<double>(kSteps), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_LoopStep)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
