#include "tests/fakes/shown_pt.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace baton::fakes {
namespace {

using pt::Dtype;

template <class T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

/// A number of one sign bit, `exponent` bits and `fraction` bits; only finite normal numbers and zero.
double small_float(unsigned bits, int exponent, int fraction) {
  const unsigned sign = bits >> (exponent + fraction) & 1U;
  const int power = static_cast<int>(bits >> fraction & ((1U << exponent) - 1U));
  const double significand = 1.0 + static_cast<double>(bits & ((1U << fraction) - 1U)) / (1U << fraction);
  const double magnitude = power == 0 ? 0.0 : std::ldexp(significand, power - (1 << (exponent - 1)) + 1);
  return sign != 0 ? -magnitude : magnitude;
}

struct Row {
  const char* name;
  Value (*read)(const std::byte* at);
};

template <class T>
Value integer(const std::byte* at) {
  return static_cast<std::int64_t>(load<T>(at));
}

Row row_of(Dtype dtype) {
  switch (dtype) {
    case Dtype::kBool:
      return {"bool", integer<std::uint8_t>};
    case Dtype::kI8:
      return {"int8", integer<std::int8_t>};
    case Dtype::kI16:
      return {"int16", integer<std::int16_t>};
    case Dtype::kU16:
      return {"uint16", integer<std::uint16_t>};
    case Dtype::kI32:
      return {"int32", integer<std::int32_t>};
    case Dtype::kI64:
      return {"int64", integer<std::int64_t>};
    case Dtype::kF32:
      return {"float32", [](const std::byte* at) -> Value { return double{load<float>(at)}; }};
    case Dtype::kF64:
      return {"float64", [](const std::byte* at) -> Value { return load<double>(at); }};
    case Dtype::kBF16:
      return {"bfloat16", [](const std::byte* at) -> Value { return small_float(load<std::uint16_t>(at), 8, 7); }};
    case Dtype::kF16:
      return {"float16", [](const std::byte* at) -> Value { return small_float(load<std::uint16_t>(at), 5, 10); }};
    case Dtype::kF8E4M3:
      return {"float8_e4m3fn", [](const std::byte* at) -> Value { return small_float(load<std::uint8_t>(at), 4, 3); }};
    default:
      throw std::logic_error("no golden file has a tensor of this dtype");
  }
}

void add_elements(const pt::Tensor& tensor, std::size_t dimension, std::int64_t offset, const Row& row,
                  Value::List& values) {
  if (dimension == tensor.shape.size()) {
    values.push_back(row.read(tensor.storage->content.memory().data() +
                              static_cast<std::size_t>(offset) * safetensors::dtype_bytes(tensor.dtype)));
    return;
  }
  for (std::int64_t i = 0; i < tensor.shape[dimension]; ++i) {
    add_elements(tensor, dimension + 1, offset + i * tensor.strides[dimension], row, values);
  }
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += "0123456789abcdef"[byte >> 4U];
    text += "0123456789abcdef"[byte & 0xFU];
  }
  return text;
}

Value::List numbers(const std::vector<std::int64_t>& values) { return {values.begin(), values.end()}; }

Value::List list(const std::vector<pt::Value>& items) {
  Value::List shown_items;
  for (const pt::Value& item : items) shown_items.push_back(shown(item));
  return shown_items;
}

struct Shower {
  Value operator()(std::nullptr_t) const { return nullptr; }
  Value operator()(bool value) const { return value; }
  Value operator()(std::int64_t value) const { return value; }
  Value operator()(double value) const { return value; }
  Value operator()(const std::string& value) const { return value; }
  Value operator()(const pt::Bytes& bytes) const { return Record{{"bytes", hex(bytes.data)}}; }
  Value operator()(const pt::List& items) const { return list(items); }
  Value operator()(const pt::Tuple& tuple) const { return Record{{"tuple", list(tuple.items)}}; }
  Value operator()(const pt::Dict& dict) const {
    Value::List items;
    for (const auto& [key, value] : dict.items) items.push_back(Value::List{shown(key), shown(value)});
    return Record{{"dict", std::move(items)}};
  }
  Value operator()(const pt::NumpyArray& array) const {
    return Record{{"hex", hex(array.data)}, {"numpy", array.dtype}, {"shape", numbers(array.shape)}};
  }
  Value operator()(const pt::Tensor& tensor) const {
    if (tensor.dtype == Dtype::kU8) {
      const std::span<const std::byte> bytes = tensor.bytes();
      return Record{{"hex", hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()})},
                    {"shape", numbers(tensor.shape)},
                    {"tensor", "uint8"}};
    }
    const Row row = row_of(tensor.dtype);
    Value::List values;
    add_elements(tensor, 0, tensor.offset, row, values);
    return Record{{"shape", numbers(tensor.shape)}, {"tensor", row.name}, {"values", std::move(values)}};
  }
};

}  // namespace

Value shown(const pt::Value& value) { return std::visit(Shower(), value.data); }

}  // namespace baton::fakes
