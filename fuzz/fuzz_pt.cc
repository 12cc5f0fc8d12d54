// A whole .pt file; the checksums of tensors are left out, because no input would have the right ones.
#include "baton/core/errors.h"
#include "fuzz/look_at.h"
#include "src/formats/pt.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace baton;
  try {
    fuzz::look_at(pt::parse_pt(std::as_bytes(std::span(data, size)), "input", pt::Check::kAllButTensors));
  } catch (const CheckpointError&) {  // expected of almost every input
  }
  return 0;
}
