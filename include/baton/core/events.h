// What callbacks receive: one struct per kind of event. docs/events.md shows the loop with every event in place.
#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <optional>

#include "baton/core/arguments.h"
#include "baton/core/control.h"
#include "baton/core/notice.h"
#include "baton/core/objects.h"
#include "baton/core/state.h"
#include "baton/core/value.h"

namespace baton {

/// Common to all events. References are valid during the call only.
struct Event {
  const ResolvedArguments& args;
  const TrainerState& state;
  TrainerControl& control;
  const Objects& objects;
  NoticeSink& notices;
};

struct InitEvent : Event {};
struct TrainEvent : Event {};
struct EpochEvent : Event {};
struct StepEvent : Event {};

/// Before a record is stored and shown: the one place where callbacks may edit it (D13). It has no "step" yet.
struct PrepareLogEvent : Event {
  LogRecord& logs;
};

/// After the record was appended to `state.log_history`.
struct LogEvent : Event {
  const LogRecord& logs;
};

/// After each batch of an evaluation or prediction.
struct PredictionStepEvent : Event {
  std::optional<std::int64_t> batches;  ///< how many there are; absent for data without a length
};

/// The trainer goes on with the metrics as callbacks leave them (best model, early stopping, what evaluate() returns).
struct EvaluateEvent : Event {
  Record& metrics;
};

struct PredictEvent : Event {
  Record& metrics;
};

/// The checkpoint is complete on disk and older ones are gone.
struct SaveEvent : Event {
  const std::filesystem::path& checkpoint;
  std::int64_t step;  ///< global_step of what was saved
};

/// Something threw; it will be rethrown to the caller after every callback has seen this and on_close.
struct ExceptionEvent : Event {
  std::exception_ptr error;
};

enum class RunStatus { kFinished, kFailed, kKilled };

/// The last event of a run, exactly once, also after an exception.
struct CloseEvent : Event {
  RunStatus status;
};

}  // namespace baton
