#include "src/train/checkpoint/tensor_content.h"

#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "baton/core/errors.h"

namespace baton::train {
namespace {

using safetensors::Dtype;

constexpr std::array<std::pair<at::ScalarType, Dtype>, 15> kDtypes = {{{at::kBool, Dtype::kBool},
                                                                       {at::kByte, Dtype::kU8},
                                                                       {at::kChar, Dtype::kI8},
                                                                       {at::kFloat8_e5m2, Dtype::kF8E5M2},
                                                                       {at::kFloat8_e4m3fn, Dtype::kF8E4M3},
                                                                       {at::kShort, Dtype::kI16},
                                                                       {at::kUInt16, Dtype::kU16},
                                                                       {at::kHalf, Dtype::kF16},
                                                                       {at::kBFloat16, Dtype::kBF16},
                                                                       {at::kInt, Dtype::kI32},
                                                                       {at::kUInt32, Dtype::kU32},
                                                                       {at::kFloat, Dtype::kF32},
                                                                       {at::kDouble, Dtype::kF64},
                                                                       {at::kLong, Dtype::kI64},
                                                                       {at::kUInt64, Dtype::kU64}}};

constexpr std::int64_t kPiece = 16 << 20;  // bytes on the host at a time

void write_pieces(const at::Tensor& tensor, ByteSink& sink) {
  const auto bytes = static_cast<std::int64_t>(tensor.nbytes());
  if (bytes <= kPiece) {
    sink.write(bytes_of(tensor.to(at::kCPU).contiguous()));
    return;
  }
  const std::int64_t rows = tensor.size(0);
  const std::int64_t at_once = kPiece / (bytes / rows);
  for (std::int64_t row = 0; row < rows; row += std::max<std::int64_t>(at_once, 1)) {
    write_pieces(at_once > 0 ? tensor.narrow(0, row, std::min(at_once, rows - row)) : tensor.select(0, row), sink);
  }
}

}  // namespace

std::optional<Dtype> dtype_of(const at::Tensor& tensor) {
  for (const auto& [scalar_type, dtype] : kDtypes) {
    if (scalar_type == tensor.scalar_type()) return dtype;
  }
  return std::nullopt;
}

at::ScalarType scalar_type_of(Dtype dtype) {
  return std::find_if(kDtypes.begin(), kDtypes.end(), [&](const auto& row) { return row.second == dtype; })->first;
}

std::span<const std::byte> bytes_of(const at::Tensor& tensor) {
  return {static_cast<const std::byte*>(tensor.const_data_ptr()), tensor.nbytes()};
}

std::span<std::byte> writable_bytes_of(const at::Tensor& tensor) {
  return {static_cast<std::byte*>(tensor.mutable_data_ptr()), tensor.nbytes()};
}

Content content_of(const at::Tensor& tensor) {
  const at::Tensor values = tensor.detach();
  return {values.nbytes(), [values](ByteSink& sink) {
            if (values.is_cpu() && values.is_contiguous()) return sink.write(bytes_of(values));
            write_pieces(values, sink);
          }};
}

at::Tensor detached_copy(const at::Tensor& tensor) {
  const at::Tensor values = tensor.detach();
  return values.is_cpu() ? values.clone(at::MemoryFormat::Contiguous) : values.to(at::kCPU).contiguous();
}

pt::Tensor to_pt(const at::Tensor& tensor, const std::string& name) {
  const auto dtype = dtype_of(tensor);
  if (!dtype)
    throw CheckpointError("tensor \"" + name + "\": the format has no dtype for " + std::string(tensor.dtype().name()));
  return pt::Tensor::contiguous(*dtype, tensor.sizes().vec(), content_of(tensor));
}

at::Tensor from_pt(const pt::Tensor& tensor) {
  const std::span<const std::byte> memory = tensor.storage->content.memory();
  const auto offset = static_cast<std::size_t>(tensor.offset) * safetensors::dtype_bytes(tensor.dtype);
  void* first = const_cast<std::byte*>(memory.data() + offset);  // from_blob has no way to say read-only
  return at::from_blob(
      first, tensor.shape, tensor.strides, [owner = tensor.storage](void*) {},
      at::TensorOptions().dtype(scalar_type_of(tensor.dtype)));
}

}  // namespace baton::train
