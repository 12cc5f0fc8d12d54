// What all kinds of case share: numbers that JSON has no word for, and errors.
#include "baton/core/errors.h"
#include "tools/contract_replay/kinds.h"

#include <cmath>
#include <limits>

namespace baton::replay {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string_view kind_of(const std::exception& error) {
  if (dynamic_cast<const ConfigError*>(&error) != nullptr) return "argument";
  if (dynamic_cast<const MissingMetricError*>(&error) != nullptr) return "missing_metric";
  if (dynamic_cast<const StateError*>(&error) != nullptr) return "state";  // before its base
  if (dynamic_cast<const CheckpointError*>(&error) != nullptr) return "checkpoint";
  return "other";
}

/// A copy of `value` in which `leaf` replaced everything that is neither list nor record.
template <class Leaf>
Value mapped(const Value& value, Leaf leaf) {
  if (const Value::List* list = value.list()) {
    Value::List copy;
    for (const Value& item : *list) copy.push_back(mapped(item, leaf));
    return copy;
  }
  if (const Record* record = value.record()) {
    Record copy;
    for (const auto& [key, item] : *record) copy.set(key, mapped(item, leaf));
    return copy;
  }
  return leaf(value);
}

}  // namespace

Record error_answer(const std::exception& error, const std::string& stage) {
  return {{"kind", kind_of(error)}, {"stage", stage}, {"message", error.what()}};
}

Value from_case(const Value& value) {
  return mapped(value, [](const Value& leaf) -> Value {
    if (leaf == Value("NaN")) return std::numeric_limits<double>::quiet_NaN();
    if (leaf == Value("Infinity")) return kInfinity;
    if (leaf == Value("-Infinity")) return -kInfinity;
    return leaf;
  });
}

Value to_answer(const Value& value) {
  return mapped(value, [](const Value& leaf) -> Value {
    if (leaf.floating() == nullptr || std::isfinite(leaf.number())) return leaf;
    if (std::isnan(leaf.number())) return "NaN";
    return leaf.number() < 0 ? "-Infinity" : "Infinity";
  });
}

}  // namespace baton::replay
