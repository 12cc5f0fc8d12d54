// What a fuzz target does with a value that was read: looks at every byte of it, as a user would.
#pragma once

#include <cstddef>
#include <span>
#include <variant>

#include "src/formats/pt.h"

namespace baton::fuzz {

inline void look_at(std::span<const std::byte> bytes) {
  [[maybe_unused]] static volatile std::byte last;
  for (const std::byte byte : bytes) last = byte;
}

struct Look;
inline void look_at(const pt::Value& value);

struct Look {
  template <class Plain>
  void operator()(const Plain&) const {}
  void operator()(const pt::List& list) const {
    for (const pt::Value& item : list) look_at(item);
  }
  void operator()(const pt::Tuple& tuple) const { (*this)(tuple.items); }
  void operator()(const pt::Dict& dict) const {
    for (const auto& [key, value] : dict.items) {
      look_at(key);
      look_at(value);
    }
  }
  void operator()(const pt::Tensor& tensor) const {
    if (tensor.is_contiguous() && tensor.elements() > 0) look_at(tensor.bytes());
  }
};

inline void look_at(const pt::Value& value) { std::visit(Look(), value.data); }

}  // namespace baton::fuzz
