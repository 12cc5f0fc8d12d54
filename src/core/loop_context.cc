#include "src/core/loop_context.h"

namespace baton {

void log_record(LoopContext& run, LogRecord& logs, const Record& token_rate) {
  logs.set("epoch", run.state.epoch);
  if (run.args.include_num_input_tokens_seen != TokenCounting::kNo) {
    logs.set("num_input_tokens_seen", run.state.num_input_tokens_seen);
    logs.merge(token_rate);
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

}  // namespace baton
