#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/formats/safetensors.h"

namespace baton::safetensors {
namespace {

constexpr std::size_t kAlignment = 8;

void check(const std::vector<TensorView>& tensors, const std::string& where) {
  std::set<std::string_view> taken = {"__metadata__"};
  for (const TensorView& tensor : tensors) {
    std::size_t size = dtype_bytes(tensor.dtype);
    for (const std::int64_t extent : tensor.shape) size *= static_cast<std::size_t>(extent);
    if (size != tensor.bytes.size())
      throw CheckpointError(where + ": tensor \"" + tensor.name + "\": bytes and shape do not fit");
    if (!taken.insert(tensor.name).second)
      throw CheckpointError(where + ": the tensor name \"" + tensor.name + "\" is taken");
  }
}

std::string header_of(const std::vector<TensorView>& tensors, const Metadata& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::size_t end = 0;
  for (const TensorView& tensor : tensors) {
    const std::size_t begin = end;
    end += tensor.bytes.size();
    header[tensor.name] = {
        {"dtype", dtype_name(tensor.dtype)}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
  }
  std::string text = header.dump();
  text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
  return text;
}

std::array<char, 8> little_endian(std::uint64_t value) {
  std::array<char, 8> bytes{};
  for (char& byte : bytes) {
    byte = static_cast<char>(value & 0xFFU);
    value >>= 8U;
  }
  return bytes;
}

}  // namespace

void write(ByteSink& sink, std::vector<TensorView> tensors, const Metadata& metadata, const std::string& where) {
  // The reference's order: large dtypes first, which keeps every tensor aligned, then by name.
  std::sort(tensors.begin(), tensors.end(), [](const TensorView& a, const TensorView& b) {
    return std::tuple(b.dtype, std::string_view(a.name)) < std::tuple(a.dtype, std::string_view(b.name));
  });
  check(tensors, where);
  const std::string header = header_of(tensors, metadata);
  const std::array length = little_endian(header.size());
  sink.write(std::string_view(length.data(), length.size()));
  sink.write(header);
  for (const TensorView& tensor : tensors) tensor.bytes.write_to(sink);
}

void write(const std::filesystem::path& path, std::vector<TensorView> tensors, const Metadata& metadata) {
  try {
    replace_file(path, [&](ByteSink& sink) { write(sink, std::move(tensors), metadata, path.string()); });
  } catch (const FileError& error) {
    throw CheckpointError(path.string() + ": cannot be written: " + error.what());
  }
}

}  // namespace baton::safetensors
