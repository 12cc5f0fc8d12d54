#include "src/core/loop_context.h"

#include <utility>

namespace baton {

void add_to_log(LoopContext& run, LogRecord& logs) {
  logs.set("epoch", run.state.epoch);
  if (run.args.include_num_input_tokens_seen != TokenCounting::kNo) {
    logs.set("num_input_tokens_seen", run.state.num_input_tokens_seen);
    logs.merge(run.token_rate);
  }
  run.lap(Phase::kLog);
  run.handler.on_prepare_log(logs);
  if (run.parts.keep_history) {
    LogRecord& entry = run.state.log_history.emplace_back(logs);
    entry.set("step", run.state.global_step);
  }
  run.lap(Phase::kLog);
  run.handler.on_log(logs);
}

void log_record(LoopContext& run, LogRecord& logs, Record token_rate) {
  run.token_rate = std::move(token_rate);
  if (run.parts.overrides.log) {
    run.parts.overrides.log(logs);
  } else {
    add_to_log(run, logs);
  }
  run.token_rate = {};
}

}  // namespace baton
