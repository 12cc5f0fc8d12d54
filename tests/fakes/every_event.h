// Every event by name, as a verb that fires it, for tests over all of them.
#pragma once

#include <array>
#include <exception>
#include <stdexcept>

#include "baton/core/event_kind.h"
#include "tests/fakes/fake_run.h"

namespace baton::fakes {

struct NamedVerb {
  const char* name;
  void (*fire)(FakeRun& run, TrainerCallback& callback);
};

inline const LogRecord kSomeLog{{"loss", 0.5}, {"grad_norm", 1.0}, {"epoch", 0.5}};
inline const Record kSomeMetrics{{"eval_loss", 0.5}, {"epoch", 0.5}};

inline constexpr std::array<NamedVerb, kEventKindCount> kEveryEvent = {{
    {"init_end", [](FakeRun& run, TrainerCallback& c) { run.init_end(c); }},
    {"train_begin", [](FakeRun& run, TrainerCallback& c) { run.train_begin(c); }},
    {"epoch_begin", [](FakeRun& run, TrainerCallback& c) { run.epoch_begin(c); }},
    {"step_begin", [](FakeRun& run, TrainerCallback& c) { run.step_begin(c); }},
    {"substep_end", [](FakeRun& run, TrainerCallback& c) { run.substep_end(c); }},
    {"pre_optimizer_step", [](FakeRun& run, TrainerCallback& c) { run.pre_optimizer_step(c); }},
    {"optimizer_step", [](FakeRun& run, TrainerCallback& c) { run.optimizer_step(c); }},
    {"step_end", [](FakeRun& run, TrainerCallback& c) { run.step_end(c); }},
    {"prepare_log",
     [](FakeRun& run, TrainerCallback& c) {
       LogRecord logs = kSomeLog;
       run.prepare_log(c, logs);
     }},
    {"log", [](FakeRun& run, TrainerCallback& c) { run.log(c, kSomeLog); }},
    {"prediction_step", [](FakeRun& run, TrainerCallback& c) { run.prediction_step(c, 3); }},
    {"evaluate", [](FakeRun& run, TrainerCallback& c) { run.evaluate(c, kSomeMetrics); }},
    {"predict", [](FakeRun& run, TrainerCallback& c) { run.predict(c, kSomeMetrics); }},
    {"save", [](FakeRun& run, TrainerCallback& c) { run.save(c, "checkpoint-1"); }},
    {"epoch_end", [](FakeRun& run, TrainerCallback& c) { run.epoch_end(c); }},
    {"train_end", [](FakeRun& run, TrainerCallback& c) { run.train_end(c); }},
    {"exception",
     [](FakeRun& run, TrainerCallback& c) { run.exception(c, std::make_exception_ptr(std::runtime_error("boom"))); }},
    {"close", [](FakeRun& run, TrainerCallback& c) { run.close(c); }},
}};

}  // namespace baton::fakes
