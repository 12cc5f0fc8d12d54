// A whole .pt file; the checksums of tensors are left out, because no input would have the right ones.
#include "baton/core/errors.h"
#include "fuzz/look_at.h"
#include "src/formats/pt.h"
#include "src/formats/stored_zip.h"

namespace {

/// Unpacks what is packed; whether the checksum is right does not matter.
void check_entries(std::span<const std::byte> file) {
  using namespace baton;
  const zip::Reader archive(file, "input");
  for (const zip::Entry& entry : archive.entries()) {
    try {
      archive.check(entry);
    } catch (const CheckpointError&) {  // expected of almost every entry
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace baton;
  try {
    check_entries(std::as_bytes(std::span(data, size)));
    fuzz::look_at(pt::parse_pt(std::as_bytes(std::span(data, size)), "input", pt::Check::kAllButTensors));
  } catch (const CheckpointError&) {  // expected of almost every input
  }
  return 0;
}
