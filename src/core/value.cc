#include "baton/core/value.h"

#include <algorithm>
#include <limits>
#include <type_traits>

namespace baton {
namespace {

template <class Items>
auto find_item(Items& items, std::string_view key) {
  return std::find_if(items.begin(), items.end(), [key](const Record::Item& item) { return item.first == key; });
}

}  // namespace

Record::Record(std::initializer_list<Item> items) {
  items_.reserve(items.size());
  for (const Item& item : items) set(item.first, item.second);
}

double Record::number(std::string_view key) const {
  const Value* value = find(key);
  return value == nullptr ? std::numeric_limits<double>::quiet_NaN() : value->number();
}

const Value* Record::find(std::string_view key) const {
  const auto item = find_item(items_, key);
  return item == items_.end() ? nullptr : &item->second;
}

void Record::set(std::string_view key, Value value) {
  const auto item = find_item(items_, key);
  if (item == items_.end()) {
    items_.emplace_back(std::string(key), std::move(value));
  } else {
    item->second = std::move(value);
  }
}

void Record::merge(const Record& other) {
  if (&other == this) return;
  for (const auto& [key, value] : other) set(key, value);
}

bool Record::erase(std::string_view key) {
  const auto item = find_item(items_, key);
  if (item == items_.end()) return false;
  items_.erase(item);
  return true;
}

bool operator==(const Record& a, const Record& b) { return a.items_ == b.items_; }

double Value::number() const {
  return visit([](const auto& held) {
    using Held = std::decay_t<decltype(held)>;
    if constexpr (std::is_arithmetic_v<Held>) {
      return static_cast<double>(held);
    } else {
      return std::numeric_limits<double>::quiet_NaN();
    }
  });
}

}  // namespace baton
