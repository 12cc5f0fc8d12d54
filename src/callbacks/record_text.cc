#include "src/callbacks/record_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "src/base/number_text.h"
#include "src/base/utf8.h"

namespace baton {
namespace {

std::int64_t characters(std::string_view text) {
  std::int64_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(first_code_point(text).length);
  return count;
}

Value shown_value(const Value& value, std::optional<std::int64_t> max_str_len) {
  if (const double* number = value.floating()) return four_digits(*number);
  const std::string* text = value.text();
  if (text == nullptr || !max_str_len || characters(*text) <= *max_str_len) return value;
  return "[String too long to display, length: " + std::to_string(characters(*text)) + " > " +
         std::to_string(*max_str_len) + ". Consider increasing `max_str_len` if needed.]";
}

std::string hex_escape(char32_t c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  return {'\\', 'x', kDigits[c / 16], kDigits[c % 16]};
}

/// One character of a quoted text; `raw` are its bytes.
std::string escaped(char32_t c, std::string_view raw, char quote) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  if (c < 0x20 || (c >= 0x7f && c <= 0xa0)) return hex_escape(c);
  const bool needs_backslash = c == '\\' || c == static_cast<char32_t>(quote);
  return (needs_backslash ? "\\" : "") + std::string(raw);
}

/// In single quotes, unless the text holds such and no double ones.
std::string quoted(std::string_view text) {
  const bool prefers_double = text.find('\'') != text.npos && text.find('"') == text.npos;
  const char quote = prefers_double ? '"' : '\'';
  std::string out(1, quote);
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    out += escaped(c.value, text.substr(0, c.length), quote);
    text.remove_prefix(c.length);
  }
  return out + quote;
}

struct Repr {
  std::string operator()(std::nullptr_t) const { return "None"; }
  std::string operator()(bool value) const { return value ? "True" : "False"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return float_repr(value); }
  std::string operator()(const std::string& value) const { return quoted(value); }
  std::string operator()(const Value::List& list) const {
    std::string text;
    for (const Value& item : list) text += (text.empty() ? "" : ", ") + python_repr(item);
    return '[' + text + ']';
  }
  std::string operator()(const Record& record) const {
    std::string text;
    for (const auto& [key, value] : record)
      text += (text.empty() ? "" : ", ") + quoted(key) + ": " + python_repr(value);
    return '{' + text + '}';
  }
};

}  // namespace

std::string four_digits(double value) {
  if (std::isnan(value)) return "nan";  // never "-nan"
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, 4);
  return {buffer.data(), end.ptr};
}

Record shown_record(const LogRecord& logs, std::optional<std::int64_t> max_str_len) {
  Record shown;
  for (const auto& [key, value] : logs) {
    if (key != "total_flos") shown.set(key, shown_value(value, max_str_len));
  }
  return shown;
}

std::string python_repr(const Value& value) { return value.visit(Repr{}); }

}  // namespace baton
