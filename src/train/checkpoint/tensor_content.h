// Tensors as the bytes of a file.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <optional>
#include <span>

#include "src/formats/content.h"
#include "src/formats/pt.h"
#include "src/formats/safetensors.h"

namespace baton::train {

std::optional<safetensors::Dtype> dtype_of(const at::Tensor& tensor);
at::ScalarType scalar_type_of(safetensors::Dtype dtype);

/// The memory of a contiguous tensor on the host.
std::span<const std::byte> bytes_of(const at::Tensor& tensor);
std::span<std::byte> writable_bytes_of(const at::Tensor& tensor);

/// The elements, row-major. What does not lie so in the host's memory is copied there a few MiB at a time, while it is
/// written. Keeps the tensor alive; its values are those at the time of writing.
Content content_of(const at::Tensor& tensor);

/// A copy in the host's memory that nobody else changes.
at::Tensor detached_copy(const at::Tensor& tensor);

/// With a storage of its own. Throws CheckpointError naming `name` if the format has no such dtype.
pt::Tensor to_pt(const at::Tensor& tensor, const std::string& name);
/// Looks into the memory of `tensor`, which it keeps alive; only to be read.
at::Tensor from_pt(const pt::Tensor& tensor);

}  // namespace baton::train
