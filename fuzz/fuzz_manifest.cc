// manifest.json, and baton_state.json, which is plain JSON like it.
#include <string>

#include "baton/core/checkpoint_store.h"
#include "baton/core/errors.h"
#include "src/base/json.h"
#include "src/core/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    baton::Manifest::from_json(baton::Manifest::from_json(text, "input").to_json(), "its own text");
  } catch (const baton::CheckpointError&) {  // expected of almost every input
  }
  try {
    const baton::Value value = baton::json::parse(text, "input");
    if (value.record()) baton::LoopState::from_record(*value.record(), "input");
  } catch (const baton::CheckpointError&) {
  } catch (const baton::JsonError&) {
  }
  return 0;
}
