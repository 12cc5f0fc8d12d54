// A whole safetensors file: its first eight bytes are the header's length.
#include <string_view>

#include "baton/core/errors.h"
#include "fuzz/look_at.h"
#include "src/formats/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace baton;
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  if (size < 8) return 0;
  const std::size_t header = data[0] + 256U * data[1];  // longer ones say nothing new
  if (header > size - 8) return 0;
  try {
    const auto layout = safetensors::parse_layout(file.substr(8, header), 8 + header, size, "input");
    for (const safetensors::TensorInfo& tensor : layout.tensors) {
      fuzz::look_at(std::as_bytes(std::span(file.substr(tensor.begin, tensor.size))));
    }
  } catch (const CheckpointError&) {  // expected of almost every input
  }
  return 0;
}
