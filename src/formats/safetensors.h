// The safetensors format over plain memory: 8 bytes length, a JSON header, the tensors' bytes
// (specification: huggingface/safetensors). Knows no torch, so that tools can read checkpoints without it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/byte_sink.h"
#include "src/formats/content.h"

namespace baton::safetensors {

/// In the format's own order, which is the order of their size; the writer sorts by it.
enum class Dtype { kBool, kU8, kI8, kF8E5M2, kF8E4M3, kI16, kU16, kF16, kBF16, kI32, kU32, kF32, kF64, kI64, kU64 };

/// "F32" and so on.
std::string_view dtype_name(Dtype dtype);
std::size_t dtype_bytes(Dtype dtype);

/// A tensor to be written: row-major, little-endian.
struct TensorView {
  std::string name;
  Dtype dtype = Dtype::kF32;
  std::vector<std::int64_t> shape;
  Content bytes;
};

using Metadata = std::map<std::string, std::string>;

/// `where` begins the message of a CheckpointError, which names the tensor if two have one name or the bytes do not fit
/// the shape.
void write(ByteSink& sink, std::vector<TensorView> tensors, const Metadata& metadata, const std::string& where);
/// The same into a file, which is complete or unchanged. Throws CheckpointError naming it.
void write(const std::filesystem::path& path, std::vector<TensorView> tensors, const Metadata& metadata = {});

/// A tensor in a file.
struct TensorInfo {
  std::string name;
  Dtype dtype = Dtype::kF32;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;  ///< in bytes from the start of the file
  std::uint64_t size = 0;   ///< in bytes
};

/// What a header says, checked: the tensors cover the data without a gap or an overlap, and every size fits its shape.
struct Layout {
  std::vector<TensorInfo> tensors;  ///< in the order of their data
  Metadata metadata;
};

/// `header`: the JSON text; `data_begin`: where the data starts; `file_size`: where it must end.
/// Throws CheckpointError that begins with `where`.
Layout parse_layout(std::string_view header, std::uint64_t data_begin, std::uint64_t file_size,
                    const std::string& where);

/// An open file whose header is good.
class Reader {
 public:
  /// Throws CheckpointError naming the file if it cannot be read or is damaged.
  explicit Reader(const std::filesystem::path& path);

  const Layout& layout() const { return layout_; }
  /// The tensor of that name, or null.
  const TensorInfo* find(std::string_view name) const;
  /// Copies the bytes of a tensor of this file. `into` must have its size. Throws CheckpointError.
  void read(const TensorInfo& tensor, std::span<std::byte> into);

 private:
  std::string where_;
  std::ifstream file_;
  Layout layout_;
};

}  // namespace baton::safetensors
