// The pickle alone, without the archive's checksum in front of it. What could be read must be writable and read again,
// and weights are looked for in it.
#include <array>
#include <span>
#include <string>

#include "baton/core/errors.h"
#include "fuzz/look_at.h"
#include "src/formats/pickle.h"
#include "src/formats/weights.h"

namespace {

using namespace baton::pt;

constexpr std::array<std::byte, 64> kBytes{};

std::shared_ptr<Storage> storage(const std::string& key) {
  if (key.size() > 1) throw baton::CheckpointError("no storage " + key);
  return std::make_shared<Storage>(Storage{.content = std::span(kBytes)});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const Value value = parse_pickle({reinterpret_cast<const char*>(data), size}, storage, "input");
    baton::fuzz::look_at(value);
    const std::string again = pickle_of(
        value, [](const auto&) { return "0"; }, "output");
    parse_pickle(again, storage, "output");
    baton::elements_of(baton::find_weights(value, "a.b", "input"));
    baton::elements_of(baton::find_weights(value, "", "input"));
  } catch (const baton::CheckpointError&) {  // expected of almost every input
  }
  return 0;
}
