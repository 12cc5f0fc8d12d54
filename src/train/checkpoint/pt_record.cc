#include "src/train/checkpoint/pt_record.h"

#include <string>
#include <utility>

namespace baton::train {
namespace {

std::optional<Value> from_list(const std::vector<pt::Value>& items) {
  Value::List list;
  for (const pt::Value& item : items) {
    std::optional<Value> value = from_pt(item);
    if (!value) return std::nullopt;
    list.push_back(std::move(*value));
  }
  return list;
}

std::optional<std::string> key_of(const pt::Value& key) {
  if (const auto* text = key.get<std::string>()) return *text;
  if (const auto* number = key.get<std::int64_t>()) return std::to_string(*number);
  return std::nullopt;
}

std::optional<Value> from_dict(const pt::Dict& dict) {
  Record record;
  for (const auto& [key, item] : dict.items) {
    const std::optional<std::string> name = key_of(key);
    std::optional<Value> value = from_pt(item);
    if (!name || !value) return std::nullopt;
    record.set(*name, std::move(*value));
  }
  return record;
}

}  // namespace

pt::Value to_pt(const Value& value) {
  if (const bool* flag = value.boolean()) return *flag;
  if (const std::int64_t* number = value.integer()) return *number;
  if (const std::string* text = value.text()) return *text;
  if (const Value::List* list = value.list()) {
    pt::List items;
    for (const Value& item : *list) items.push_back(to_pt(item));
    return items;
  }
  if (const Record* record = value.record()) {
    pt::Dict dict;
    for (const auto& [key, item] : *record) dict.set(key, to_pt(item));
    return dict;
  }
  return value.is_number() ? pt::Value(value.number()) : pt::Value();
}

std::optional<Value> from_pt(const pt::Value& value) {
  if (value.get<std::nullptr_t>()) return Value();
  if (const auto* flag = value.get<bool>()) return *flag;
  if (const auto* number = value.get<std::int64_t>()) return *number;
  if (const auto* number = value.get<double>()) return *number;
  if (const auto* text = value.get<std::string>()) return *text;
  if (const auto* list = value.get<pt::List>()) return from_list(*list);
  if (const auto* tuple = value.get<pt::Tuple>()) return from_list(tuple->items);
  if (const auto* dict = value.get<pt::Dict>()) return from_dict(*dict);
  return std::nullopt;
}

}  // namespace baton::train
