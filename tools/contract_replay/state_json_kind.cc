// Kind state_json: trainer_state.json, byte for byte.
#include "baton/core/errors.h"
#include "baton/core/state.h"
#include "src/base/json.h"
#include "tools/contract_replay/kinds.h"

namespace baton::replay {
namespace {

Record written(const Value& fields) {
  const std::string given = json::dump(from_case(fields));
  const std::string text = TrainerState::from_json(given, "fields").to_json();
  const std::string again = TrainerState::from_json(text, "text").to_json();
  return {{"text", text}, {"round_trip_same", again == text}};
}

Record read(const std::string& text) {
  try {
    const TrainerState state = TrainerState::from_json(text, "trainer_state.json");
    return {{"fields", to_answer(json::parse(state.to_json(), "the state"))}};
  } catch (const Error& error) {
    return {{"error", error_answer(error, "call")}};
  }
}

}  // namespace

Value replay_state_json(const Record& test_case) {
  Value::List answers;
  for (const Value& row : *test_case.find("rows")->list()) {
    const Value* fields = row.record()->find("fields");
    answers.push_back(fields != nullptr ? written(*fields) : read(*row.record()->find("text")->text()));
  }
  return Record{{"rows", answers}};
}

}  // namespace baton::replay
