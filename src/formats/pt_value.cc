#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "src/formats/pt.h"

namespace baton::pt {
namespace {

/// The product, or nothing if it is beyond `most`. Neither factor is negative.
std::optional<std::int64_t> product(std::int64_t a, std::int64_t b, std::int64_t most) {
  if (a != 0 && b > most / a) return std::nullopt;
  return a * b;
}

bool is_empty(const std::vector<std::int64_t>& shape) {
  return std::find(shape.begin(), shape.end(), 0) != shape.end();
}

/// The index after the last element that the view reaches, or nothing if that is beyond `most`.
std::optional<std::int64_t> reach(const Tensor& tensor, std::int64_t most) {
  std::int64_t last = tensor.offset;
  if (is_empty(tensor.shape)) return last <= most ? std::optional(last) : std::nullopt;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    const auto step = product(tensor.shape[i] - 1, tensor.strides[i], most);
    if (!step || last > most - *step) return std::nullopt;
    last += *step;
  }
  return last < most ? std::optional(last + 1) : std::nullopt;
}

}  // namespace

Tensor Tensor::contiguous(Dtype dtype, std::vector<std::int64_t> shape, Content content) {
  Tensor tensor{.storage = std::make_shared<Storage>(Storage{.content = std::move(content)}),
                .dtype = dtype,
                .shape = std::move(shape)};
  tensor.strides.resize(tensor.shape.size());
  std::int64_t stride = 1;
  for (std::size_t i = tensor.shape.size(); i-- > 0;) {
    tensor.strides[i] = stride;
    stride *= std::max<std::int64_t>(tensor.shape[i], 1);
  }
  return tensor;
}

std::uint64_t Tensor::elements() const {
  std::uint64_t count = 1;
  for (const std::int64_t extent : shape) count *= static_cast<std::uint64_t>(extent);
  return count;
}

bool Tensor::is_contiguous() const {
  if (is_empty(shape)) return true;
  std::int64_t stride = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (shape[i] != 1 && strides[i] != stride) return false;
    stride *= shape[i];
  }
  return true;
}

std::span<const std::byte> Tensor::bytes() const {
  const std::size_t width = safetensors::dtype_bytes(dtype);
  return storage->content.memory().subspan(static_cast<std::size_t>(offset) * width, elements() * width);
}

std::string Tensor::problem() const {
  if (!storage) return "it has no storage";
  if (shape.size() != strides.size()) return "it has not as many strides as dimensions";
  const auto negative = [](std::int64_t number) { return number < 0; };
  if (offset < 0 || std::any_of(shape.begin(), shape.end(), negative) ||
      std::any_of(strides.begin(), strides.end(), negative)) {
    return "offset, shape or strides are negative";
  }
  std::int64_t elements = 1;  // broadcast views hold more than their storage, but never more than can be counted
  for (const std::int64_t extent : shape) {
    const auto next =
        product(std::max<std::int64_t>(extent, 1), elements, std::numeric_limits<std::int64_t>::max() / 16);
    if (!next) return "its shape is larger than any memory";
    elements = *next;
  }
  const auto stored = static_cast<std::int64_t>(storage->content.size() / safetensors::dtype_bytes(dtype));
  if (!reach(*this, stored)) return "it reaches beyond its storage of " + std::to_string(stored) + " elements";
  return "";
}

const Value* Dict::find(std::string_view key) const {
  for (const auto& [name, value] : items) {
    const auto* text = name.get<std::string>();
    if (text != nullptr && *text == key) return &value;
  }
  return nullptr;
}

void Dict::set(std::string key, Value value) { items.emplace_back(std::move(key), std::move(value)); }

}  // namespace baton::pt
