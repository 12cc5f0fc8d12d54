#include "src/track/dvclive/block_yaml.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <regex>
#include <string_view>

#include "src/base/number_text.h"
#include "src/base/utf8.h"

namespace baton::track {
namespace {

constexpr std::size_t kWidth = 80;

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  for (; !text.empty(); ++width) text.remove_prefix(first_code_point(text).length);
  return width;
}

bool is_blank_or_end(std::string_view text, std::size_t at) {
  return at >= text.size() || text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r';
}

/// Without quotes it would be a boolean, a number, a date or another thing of YAML 1.2 that is no text.
bool reads_as_something_else(const std::string& text) {
  static const std::regex kOthers(
      "true|True|TRUE|false|False|FALSE|~|null|Null|NULL|<<|=|"
      "[-+]?[0-9][0-9_]*\\.[0-9_]*([eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|"
      "[-+]?\\.[0-9_]+([eE][-+][0-9]+)?|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)|"
      "[-+]?0b[0-1_]+|[-+]?0o?[0-7_]+|[-+]?[0-9][0-9_]*|[-+]_[0-9_]*|[-+]?0x[0-9a-fA-F_]+|"
      "[0-9]{4}-[0-9]{2}-[0-9]{2}|"
      "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \\t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\\.[0-9]*)?"
      "([ \\t]*(Z|[-+][0-9]{1,2}(:[0-9]{2})?))?");
  constexpr std::size_t kLongest = 100;  // of what is a number or a date; the library's recursion is deep
  return text.size() <= kLongest && std::regex_match(text, kOthers);
}

/// It would be read as a part of YAML's own grammar.
bool looks_like_syntax(std::string_view text) {
  if (text.starts_with("---") || text.starts_with("...") || text.front() == ' ' || text.back() == ' ') return true;
  if (std::string_view("#,[]{}&*!|>'\"%@`").find(text.front()) != std::string_view::npos) return true;
  if ((text.front() == '?' || text.front() == '-') && is_blank_or_end(text, 1)) return true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ':' && is_blank_or_end(text, i + 1)) return true;
    if (text[i] == '#' && is_blank_or_end(text, i - 1)) return true;
  }
  return false;
}

bool is_printable(char32_t value) {
  if (value <= 0xA0) return value >= 0x20 && (value <= 0x7E || value == 0xA0);
  return value != 0xFEFF && value != 0x2028 && value != 0x2029 && value != kReplacementCharacter;
}

bool needs_escapes(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (!is_printable(point.value)) return true;
    text.remove_prefix(point.length);
  }
  return false;
}

std::string escaped(CodePoint point, std::string_view bytes) {
  constexpr std::string_view kPairs("\0000\aa\bb\tt\nn\vv\ff\rr\033e\"\"\\\\", 22);  // characters and their letters
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (std::size_t i = 0; i < kPairs.size(); i += 2) {
    if (point.value == static_cast<unsigned char>(kPairs[i])) return {'\\', kPairs[i + 1]};
  }
  if (point.value == 0x85) return "\\N";
  if (point.value == 0x2028) return "\\L";
  if (point.value == 0x2029) return "\\P";
  if (is_printable(point.value)) return std::string(bytes);
  std::string text = point.value <= 0xFF ? "\\x" : "\\u";
  for (int shift = point.value <= 0xFF ? 4 : 12; shift >= 0; shift -= 4) text += kDigits[(point.value >> shift) & 0xF];
  return text;
}

std::string double_quoted(std::string_view text) {
  std::string result = "\"";
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    result += escaped(point, text.substr(0, point.length));
    text.remove_prefix(point.length);
  }
  return result + "\"";
}

class Writer {
 public:
  std::string write(const Record& content) {
    put_items(content, 0);
    return text_ += '\n';
  }

 private:
  void put_items(const Record& record, std::size_t indent) {
    bool first = true;
    for (const auto& [key, value] : record) {
      if (!first) new_line(indent);
      first = false;
      put_key(key);
      value.visit([&](const auto& held) { put_under_key(held, indent); });
    }
  }
  void put_items(const Value::List& list, std::size_t indent) {
    bool first = true;
    for (const Value& value : list) {
      if (!first) new_line(indent);
      first = false;
      add("- ");
      value.visit([&](const auto& held) { put_in_list(held, indent + 2); });
    }
  }

  void put_key(const std::string& key) {
    const char quote = quote_for(key);
    if (quote == '"') return add(double_quoted(key));
    const std::string_view mark(&quote, quote == ' ' ? 0 : 1);
    add(std::string(mark).append(key).append(mark));
  }

  template <class Held>
  void put_under_key(const Held& held, std::size_t indent) {
    add(":");
    put_after_colon(held, indent);
  }
  void put_after_colon(std::nullptr_t, std::size_t) {}
  void put_after_colon(const Record& record, std::size_t indent) {
    if (record.empty()) return add(" {}");
    new_line(indent + 2);
    put_items(record, indent + 2);
  }
  void put_after_colon(const Value::List& list, std::size_t indent) {
    if (list.empty()) return add(" []");
    new_line(indent);
    put_items(list, indent);
  }
  template <class Scalar>
  void put_after_colon(const Scalar& scalar, std::size_t indent) {
    add(" ");
    put_scalar(scalar, indent + 2);
  }

  void put_in_list(std::nullptr_t, std::size_t) {}
  void put_in_list(const Record& record, std::size_t indent) { record.empty() ? add("{}") : put_items(record, indent); }
  void put_in_list(const Value::List& list, std::size_t indent) { list.empty() ? add("[]") : put_items(list, indent); }
  template <class Scalar>
  void put_in_list(const Scalar& scalar, std::size_t indent) {
    put_scalar(scalar, indent);
  }

  void put_scalar(bool value, std::size_t indent) { put_plain(value ? "true" : "false", indent); }
  void put_scalar(std::int64_t value, std::size_t indent) { put_plain(std::to_string(value), indent); }
  void put_scalar(double value, std::size_t indent) {
    const std::string text = float_repr(value);
    const bool is_word = !std::isfinite(value);
    put_plain(is_word && text[0] == '-' ? "-." + text.substr(1) : is_word ? "." + text : text, indent);
  }
  void put_scalar(const std::string& text, std::size_t indent) {
    const char quote = quote_for(text);
    if (quote == ' ') return put_plain(text, indent);
    if (quote == '"') return add(double_quoted(text));
    put_single_quoted(text, indent);
  }

  /// A blank: none.
  static char quote_for(const std::string& text) {
    if (text.empty()) return '\'';
    if (needs_escapes(text)) return '"';
    if (!looks_like_syntax(text) && !reads_as_something_else(text)) return ' ';
    return text.find('\'') == std::string::npos ? '\'' : '"';
  }

  /// A word that does not fit goes to the next line, and the blank before it stays.
  void put_plain(std::string_view text, std::size_t indent) {
    while (!text.empty()) {
      const std::size_t word = std::min(text.find(' '), text.size());
      if (column_ + width_of(text.substr(0, word)) > kWidth && column_ > indent) new_line(indent);
      add(text.substr(0, word));
      text.remove_prefix(word);
      put_blanks(text, indent, column_ >= kWidth);
    }
  }

  void put_single_quoted(std::string_view text, std::size_t indent) {
    add("'");
    const std::string_view whole = text;
    while (!text.empty()) {
      const std::size_t word = std::min(text.find(' '), text.size());
      add(text.substr(0, word));
      text.remove_prefix(word);
      const bool is_inside = text.size() != whole.size() && text.size() > 1;
      put_blanks(text, indent, is_inside && column_ > kWidth);
    }
    add("'");
  }

  /// Takes the blanks that `text` begins with; a single one may become a line break.
  void put_blanks(std::string_view& text, std::size_t indent, bool may_break) {
    const std::size_t blanks = std::min(text.find_first_not_of(' '), text.size());
    if (blanks == 1 && may_break) {
      new_line(indent);
    } else {
      add(text.substr(0, blanks));
    }
    text.remove_prefix(blanks);
  }

  void add(std::string_view text) {
    text_ += text;
    column_ += width_of(text);
  }
  void new_line(std::size_t indent) {
    text_ += '\n';
    text_.append(indent, ' ');
    column_ = indent;
  }

  std::string text_;
  std::size_t column_ = 0;
};

}  // namespace

std::string block_yaml(const Record& content) { return content.empty() ? "{}\n" : Writer().write(content); }

}  // namespace baton::track
