// Value and Record: JSON-like data with the order of keys kept. Logs, metrics and callback states are made of them.
// Reading and writing them as text: src/base/json.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace baton {

class Value;

/// Key-value pairs in the order in which they were set; keys are unique. Look-up is linear: records are small.
class Record {
 public:
  using Item = std::pair<std::string, Value>;

  Record() = default;
  Record(std::initializer_list<Item> items);

  /// The number under `key` (integers and booleans converted), or NaN if it is absent or not a number.
  double number(std::string_view key) const;
  /// The value under `key`, or null. Valid until the record changes.
  const Value* find(std::string_view key) const;
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  /// Replaces the value in its place, or appends it.
  void set(std::string_view key, Value value);
  /// Sets every item of `other`, in its order.
  void merge(const Record& other);
  /// True if the key was there.
  bool erase(std::string_view key);

  bool empty() const;
  std::size_t size() const;
  std::vector<Item>::const_iterator begin() const;
  std::vector<Item>::const_iterator end() const;

  friend bool operator==(const Record& a, const Record& b);

 private:
  std::vector<Item> items_;
};

/// A null, a boolean, an integer, a number, a text, a list or a record.
class Value {
 public:
  using List = std::vector<Value>;

  Value() = default;
  Value(std::nullptr_t) {}
  Value(bool value) : data_(value) {}
  Value(int value) : data_(std::int64_t{value}) {}
  Value(std::int64_t value) : data_(value) {}
  Value(double value) : data_(value) {}
  Value(const char* value) : data_(std::string(value)) {}
  Value(std::string_view value) : data_(std::string(value)) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(List value) : data_(std::move(value)) {}
  Value(Record value) : data_(std::move(value)) {}

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(data_); }
  bool is_integer() const { return std::holds_alternative<std::int64_t>(data_); }
  /// True for integers and floating-point numbers, not for booleans.
  bool is_number() const { return is_integer() || std::holds_alternative<double>(data_); }

  /// The number in it, or NaN if it holds none; booleans count as 0 and 1.
  double number() const;

  const bool* boolean() const { return std::get_if<bool>(&data_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&data_); }
  const double* floating() const { return std::get_if<double>(&data_); }
  const std::string* text() const { return std::get_if<std::string>(&data_); }
  const List* list() const { return std::get_if<List>(&data_); }
  const Record* record() const { return std::get_if<Record>(&data_); }

  template <class Visitor>
  decltype(auto) visit(Visitor&& visitor) const {
    return std::visit(std::forward<Visitor>(visitor), data_);
  }

  /// Same type and same content; NaN differs from everything.
  friend bool operator==(const Value&, const Value&) = default;

 private:
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, List, Record> data_ = nullptr;
};

inline bool Record::empty() const { return items_.empty(); }
inline std::size_t Record::size() const { return items_.size(); }
inline std::vector<Record::Item>::const_iterator Record::begin() const { return items_.begin(); }
inline std::vector<Record::Item>::const_iterator Record::end() const { return items_.end(); }

/// What one `log` call reports: metric names and their values.
using LogRecord = Record;

}  // namespace baton
