// trackers/<name>.json: what is remembered about a tracker.
#include <cstddef>
#include <cstdint>
#include <string>

#include "baton/core/errors.h"
#include "src/base/json.h"
#include "src/track/tracker_note.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using baton::track::TrackerNote;
  const std::string input(reinterpret_cast<const char*>(data), size);
  std::string text;
  try {
    text = baton::json::dump(TrackerNote::from_text(input, "input").to_record());
  } catch (const baton::Error&) {  // expected of almost every input
    return 0;
  }
  if (baton::json::dump(TrackerNote::from_text(text, "its own text").to_record()) != text) __builtin_trap();
  return 0;
}
