#include "src/core/lr_keywords.h"

#include "baton/core/errors.h"
#include "src/base/json.h"
#include "src/core/argument_values.h"

#include <algorithm>
#include <cmath>

namespace baton {
namespace {

template <class Texts>
std::string joined(const Texts& texts) {
  std::string all;
  for (const std::string_view text : texts) {
    if (!all.empty()) all += ", ";
    all += text;
  }
  return all;
}

bool is_count(const Value& value) {
  const double number = value.number();
  return value.is_number() && std::trunc(number) == number && std::abs(number) < 0x1p63;
}

}  // namespace

LrKeywords::LrKeywords(const LrScheduleSpec& spec) : schedule_(*to_value(spec.type).text()), given_(spec.kwargs) {}

double LrKeywords::number(std::string_view name, double otherwise) {
  const Value* value = find(name);
  if (value == nullptr) return otherwise;
  if (value->is_number() && !std::isnan(value->number())) return value->number();
  complain(name, *value, "a number");
  return otherwise;
}

std::int64_t LrKeywords::count(std::string_view name, std::int64_t otherwise) {
  const Value* value = find(name);
  if (value == nullptr) return otherwise;
  if (value->is_integer()) return *value->integer();
  if (is_count(*value)) return static_cast<std::int64_t>(value->number());
  complain(name, *value, "a whole number");
  return otherwise;
}

bool LrKeywords::flag(std::string_view name, bool otherwise) {
  const Value* value = find(name);
  if (value == nullptr) return otherwise;
  if (!std::isnan(value->number())) return value->number() != 0.0;
  complain(name, *value, "true or false");
  return otherwise;
}

std::string LrKeywords::choice(std::string_view name, std::string_view otherwise,
                               std::initializer_list<std::string_view> choices) {
  const Value* value = find(name);
  if (value == nullptr) return std::string(otherwise);
  const std::string* text = value->text();
  if (text != nullptr && std::find(choices.begin(), choices.end(), *text) != choices.end()) return *text;
  complain(name, *value, "one of " + joined(choices));
  return std::string(otherwise);
}

std::optional<double> LrKeywords::optional_number(std::string_view name) {
  const Value* value = find(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return number(name, 0.0);
}

double LrKeywords::required_number(std::string_view name) {
  expect(find(name) != nullptr, "needs " + std::string(name));
  return number(name, 0.0);
}

void LrKeywords::expect(bool holds, const std::string& problem) {
  if (!holds) problems_.push_back("lr_scheduler_kwargs: " + std::string(schedule_) + " " + problem);
}

void LrKeywords::finish() {
  for (const auto& item : given_) {
    const bool is_known = std::find(known_.begin(), known_.end(), item.first) != known_.end();
    expect(is_known, "has no argument " + item.first + ", only " + joined(known_));
  }
  if (!problems_.empty()) throw ConfigError(problems_);
}

const Value* LrKeywords::find(std::string_view name) {
  if (std::find(known_.begin(), known_.end(), name) == known_.end()) known_.push_back(name);
  return given_.find(name);
}

void LrKeywords::complain(std::string_view name, const Value& value, std::string_view expected) {
  expect(false, "has " + std::string(name) + " = " + json::dump(value) + ", expected " + std::string(expected));
}

}  // namespace baton
