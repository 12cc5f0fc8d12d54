#include "tools/contract_replay/replay.h"

#include <stdexcept>

#include "src/base/files.h"
#include "src/base/json.h"
#include "tools/contract_replay/kinds.h"

namespace baton::replay {
namespace {

Value replay_kind(const std::string& kind, const Record& test_case, const EngineFactory& make_engine) {
  if (kind == "train") return replay_train(test_case, make_engine);
  if (kind == "handler") return replay_handler(test_case);
  if (kind == "args") return replay_args(test_case);
  if (kind == "greater_is_better") return replay_greater_is_better(test_case);
  if (kind == "state_json") return replay_state_json(test_case);
  if (kind == "arithmetic") return replay_arithmetic(test_case);
  if (kind == "warmup") return replay_warmup(test_case);
  if (kind == "cadence") return replay_cadence(test_case);
  if (kind == "lr_schedule") return replay_lr_schedule(test_case);
  if (kind == "rotation") return replay_rotation(test_case);
  if (kind == "speed_metrics") return replay_speed_metrics(test_case);
  if (kind == "early_stopping") return replay_early_stopping(test_case);
  if (kind == "display") return replay_display(test_case);
  if (kind == "progress_bar") return replay_progress_bar(test_case);
  throw std::runtime_error("unknown kind of case: " + kind);
}

}  // namespace

std::string replay_case(const std::filesystem::path& file, const EngineFactory& make_engine) {
  const Value content = from_case(json::parse(read_file(file), file.string()));
  const Record* test_case = content.record();
  const Value* kind = test_case ? test_case->find("kind") : nullptr;
  if (!kind || !kind->text()) throw std::runtime_error(file.string() + " is no conformance case: it has no \"kind\"");
  return json::dump(to_answer(replay_kind(*kind->text(), *test_case, make_engine)));
}

}  // namespace baton::replay
