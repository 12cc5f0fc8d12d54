#include "src/core/argument_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "src/base/json.h"

namespace baton {
namespace {

constexpr double kLargestExactInteger = 9007199254740992.0;  // 2^53

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

template <class Number>
bool read_number(const std::string& text, Number& out) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return false;
  out = number;
  return true;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

bool split_at_commas(std::string_view text, std::vector<std::string>& out) {
  std::vector<std::string> parts;
  for (bool more = true; more;) {
    const std::size_t comma = text.find(',');
    more = comma != std::string_view::npos;
    parts.emplace_back(trimmed(text.substr(0, comma)));
    if (more) text.remove_prefix(comma + 1);
  }
  if (std::any_of(parts.begin(), parts.end(), [](const std::string& part) { return part.empty(); })) return false;
  out = std::move(parts);
  return true;
}

}  // namespace

Value plain_number(double number) {
  const bool whole = std::abs(number) <= kLargestExactInteger && number == std::floor(number);
  return whole ? Value(static_cast<std::int64_t>(number)) : Value(number);
}

Value printed_value(const Value& value, bool is_count) {
  return is_count && value.is_number() ? plain_number(value.number()) : value;
}

Value to_value(bool value) { return value; }
Value to_value(std::int64_t value) { return value; }
Value to_value(double value) { return value; }
Value to_value(const std::string& value) { return value; }
Value to_value(const std::vector<std::string>& value) { return Value::List(value.begin(), value.end()); }
Value to_value(const Record& value) { return value; }

bool from_value(const Value& value, bool& out) {
  if (const bool* given = value.boolean()) {
    out = *given;
    return true;
  }
  if (!value.text()) return false;
  const std::string text = lower(*value.text());
  const auto is_one_of = [&](std::initializer_list<const char*> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
  };
  const bool yes = is_one_of({"true", "t", "yes", "y", "1"});  // the reference's words
  if (!yes && !is_one_of({"false", "f", "no", "n", "0"})) return false;
  out = yes;
  return true;
}

bool from_value(const Value& value, std::int64_t& out) {
  if (value.text()) return read_number(*value.text(), out);
  const Value number = value.is_number() ? plain_number(value.number()) : value;
  const std::int64_t* integer = value.integer() ? value.integer() : number.integer();
  if (!integer) return false;
  out = *integer;
  return true;
}

bool from_value(const Value& value, double& out) {
  if (value.text()) return read_number(*value.text(), out);
  if (!value.is_number()) return false;
  out = value.number();
  return true;
}

/// Booleans and integers pass as texts: resume_from_checkpoint: true, run_name: 7.
bool from_value(const Value& value, std::string& out) {
  if (value.text()) {
    out = *value.text();
    return true;
  }
  if (!value.boolean() && !value.integer()) return false;
  out = json::dump(value);
  return true;
}

bool from_value(const Value& value, std::vector<std::string>& out) {
  if (value.text()) return split_at_commas(*value.text(), out);
  if (!value.list()) return false;
  std::vector<std::string> texts;
  for (const Value& item : *value.list()) {
    if (!item.text()) return false;
    texts.push_back(*item.text());
  }
  out = std::move(texts);
  return true;
}

bool from_value(const Value& value, Record& out) {
  if (means_unset(value)) {
    out = {};
    return true;
  }
  if (value.record()) {
    out = *value.record();
    return true;
  }
  if (!value.text()) return false;
  try {
    const Value parsed = json::parse(*value.text(), "");
    return parsed.record() && from_value(parsed, out);
  } catch (const JsonError&) {
    return false;  // the caller names the flag and what was expected
  }
}

bool from_value(const Value& value, TokenCounting& out) {
  bool given = false;
  if (enum_from_text(value, out)) return true;
  if (!from_value(value, given)) return false;
  out = given ? TokenCounting::kAll : TokenCounting::kNo;
  return true;
}

bool means_unset(const Value& value) {
  if (!value.text()) return value.is_null();
  const std::string text = lower(*value.text());
  return text == "none" || text == "null";
}

TypeText type_text(const bool&) { return {"true or false", ""}; }
TypeText type_text(const std::int64_t&) { return {"a whole number", "N"}; }
TypeText type_text(const double&) { return {"a number", "NUMBER"}; }
TypeText type_text(const std::string&) { return {"a text", "TEXT"}; }
TypeText type_text(const std::vector<std::string>&) { return {"names separated by commas", "NAME,..."}; }
TypeText type_text(const Record&) { return {"a JSON object", "JSON"}; }

TypeText choice_text(const std::string_view* names, std::size_t count) {
  std::string choices;
  for (std::size_t i = 0; i < count; ++i) choices += (i ? ", " : "") + std::string(names[i]);
  return {"one of " + choices, "NAME"};
}

}  // namespace baton
