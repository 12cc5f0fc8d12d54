// An event file of TensorBoard; and, because checksums keep almost every change out, a message of one.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "src/track/tensorboard/event_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace baton::tensorboard;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const EventFileContent content = read_events(input);
  if (content.whole + content.torn > size) __builtin_trap();
  if (content.damage.empty() && content.whole + content.torn != size) __builtin_trap();
  std::vector<FileEvent> events;
  if (!decode_event(input, events) && !events.empty()) __builtin_trap();
  return 0;
}
