#include <array>
#include <system_error>

#include "baton/core/errors.h"
#include "src/formats/safetensors.h"

namespace baton::safetensors {
namespace {

constexpr std::uint64_t kPrefix = 8;
constexpr std::uint64_t kMaxHeader = 100'000'000;  // the reference's limit

std::uint64_t little_endian(const std::array<unsigned char, kPrefix>& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = kPrefix; i-- > 0;) value = value << 8U | bytes[i];
  return value;
}

}  // namespace

Reader::Reader(const std::filesystem::path& path) : where_(path.string()), file_(path, std::ios::binary) {
  std::error_code error;
  const std::uint64_t size = std::filesystem::file_size(path, error);
  if (error || !file_) throw CheckpointError(where_ + ": cannot be opened" + (error ? ": " + error.message() : ""));
  if (size < kPrefix)
    throw CheckpointError(where_ + ": has " + std::to_string(size) + " bytes, too few for a safetensors file");
  std::array<unsigned char, kPrefix> prefix{};
  file_.read(reinterpret_cast<char*>(prefix.data()), kPrefix);
  const std::uint64_t length = little_endian(prefix);
  if (length > kMaxHeader || length > size - kPrefix) {
    throw CheckpointError(where_ + ": cut off or no safetensors file (the header's length would be " +
                          std::to_string(length) + ")");
  }
  std::string header(length, '\0');
  file_.read(header.data(), static_cast<std::streamsize>(length));
  if (!file_) throw CheckpointError(where_ + ": the header cannot be read");
  layout_ = parse_layout(header, kPrefix + length, size, where_);
}

const TensorInfo* Reader::find(std::string_view name) const {
  for (const TensorInfo& tensor : layout_.tensors) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

void Reader::read(const TensorInfo& tensor, std::span<std::byte> into) {
  if (into.size() != tensor.size)
    throw CheckpointError(where_ + ": tensor \"" + tensor.name + "\": read into a buffer of another size");
  file_.seekg(static_cast<std::streamoff>(tensor.begin));
  file_.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size()));
  if (!file_) throw CheckpointError(where_ + ": tensor \"" + tensor.name + "\" cannot be read");
}

}  // namespace baton::safetensors
