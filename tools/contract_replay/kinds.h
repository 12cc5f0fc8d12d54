// One function per kind of conformance case: takes the case, returns what was observed, in the shape of its "expect".
#pragma once

#include <exception>
#include <string>

#include "baton/core/value.h"
#include "tools/contract_replay/replay_engine.h"

namespace baton::replay {

/// {"kind", "stage", "message"}: how an answer reports an error of Baton (kind from the type of `error`).
Record error_answer(const std::exception& error, const std::string& stage);

/// Cases and answers hold non-finite numbers as the strings "NaN", "Infinity", "-Infinity"; these two translate.
Value from_case(const Value& value);
Value to_answer(const Value& value);

Value replay_train(const Record& test_case, const EngineFactory& make_engine);
Value replay_handler(const Record& test_case);

Value replay_args(const Record& test_case);
Value replay_greater_is_better(const Record& test_case);

Value replay_state_json(const Record& test_case);

Value replay_arithmetic(const Record& test_case);
Value replay_warmup(const Record& test_case);
Value replay_cadence(const Record& test_case);
Value replay_lr_schedule(const Record& test_case);
Value replay_rotation(const Record& test_case);
Value replay_speed_metrics(const Record& test_case);

Value replay_early_stopping(const Record& test_case);
Value replay_display(const Record& test_case);
Value replay_progress_bar(const Record& test_case);

}  // namespace baton::replay
