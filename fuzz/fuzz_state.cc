// trainer_state.json.
#include <string>

#include "baton/core/errors.h"
#include "baton/core/state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string text(reinterpret_cast<const char*>(data), size);
    baton::TrainerState::from_json(baton::TrainerState::from_json(text, "input").to_json(), "its own text");
  } catch (const baton::CheckpointError&) {  // expected of almost every input
  }
  return 0;
}
