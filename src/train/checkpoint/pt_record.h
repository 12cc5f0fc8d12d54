// Plain values in the two forms that Baton has for them.
#pragma once

#include <optional>

#include "baton/core/value.h"
#include "src/formats/pt.h"

namespace baton::train {

pt::Value to_pt(const Value& value);
/// Nothing for what a Value cannot hold, such as a tensor. Keys become texts, tuples lists.
std::optional<Value> from_pt(const pt::Value& value);

}  // namespace baton::train
