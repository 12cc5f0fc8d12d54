#include "src/base/json.h"
#include "src/base/number_text.h"
#include "src/base/utf8.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace baton::json {
namespace {

struct Style {
  std::size_t indent = 0;  // blanks a level; 0: all on one line
  bool sorted = false;
  bool ascii = false;
  bool spaced = false;  // on one line with blanks after commas and colons
};

class Writer {
 public:
  explicit Writer(Style style) : style_(style) {}

  std::string write(const Value& value) {
    add(value);
    return std::move(text_);
  }

 private:
  void add(const Value& value) {
    value.visit([this](const auto& held) { put(held); });
  }

  void put(std::nullptr_t) { text_ += "null"; }
  void put(bool value) { text_ += value ? "true" : "false"; }
  void put(std::int64_t value) { text_ += std::to_string(value); }
  void put(double value) {
    if (std::isnan(value)) {
      text_ += "NaN";
    } else if (std::isinf(value)) {
      text_ += value < 0 ? "-Infinity" : "Infinity";
    } else {
      text_ += float_repr(value);
    }
  }
  void put(const std::string& value) {
    text_ += '"';
    for (std::string_view rest = value; !rest.empty();) {
      const CodePoint point = first_code_point(rest);
      put_character(point, rest.substr(0, point.length));
      rest.remove_prefix(point.length);
    }
    text_ += '"';
  }
  void put(const Value::List& list) {
    put_all('[', ']', list, [this](const Value& value) { add(value); });
  }
  void put(const Record& record) {
    std::vector<const Record::Item*> items;
    for (const Record::Item& item : record) items.push_back(&item);
    const auto by_key = [](const Record::Item* a, const Record::Item* b) { return a->first < b->first; };
    if (style_.sorted) std::sort(items.begin(), items.end(), by_key);  // UTF-8 sorts as its code points do
    put_all('{', '}', items, [this](const Record::Item* item) {
      put(item->first);
      text_ += style_.indent > 0 || style_.spaced ? ": " : ":";
      add(item->second);
    });
  }

  template <class Items, class Put>
  void put_all(char open, char close, const Items& items, Put put_item) {
    text_ += open;
    ++depth_;
    bool first = true;
    for (const auto& item : items) {
      if (!first) text_ += style_.spaced ? ", " : ",";
      first = false;
      new_line();
      put_item(item);
    }
    --depth_;
    if (!first) new_line();
    text_ += close;
  }

  void new_line() {
    if (style_.indent == 0) return;
    text_ += '\n';
    text_.append(style_.indent * depth_, ' ');
  }

  void put_character(CodePoint point, std::string_view bytes) {
    constexpr std::string_view kShort =
        "\"\"\\\\\bb\ff\nn\rr\tt";  // pairs: the character, its letter after the backslash
    for (std::size_t i = 0; i < kShort.size(); i += 2) {
      if (point.value != static_cast<unsigned char>(kShort[i])) continue;
      text_ += '\\';
      text_ += kShort[i + 1];
      return;
    }
    if (point.value < 0x20 || (style_.ascii && point.value > 0x7E)) {
      put_escape(point.value);
    } else if (point.value == kReplacementCharacter) {
      text_ += "\xEF\xBF\xBD";
    } else {
      text_ += bytes;
    }
  }

  /// Beyond the 16 bits of one escape: a pair of surrogates, as UTF-16 has it.
  void put_escape(char32_t value) {
    if (value > 0xFFFF) {
      put_escape(0xD800 + ((value - 0x10000) >> 10));
      put_escape(0xDC00 + ((value - 0x10000) & 0x3FF));
      return;
    }
    constexpr std::string_view kDigits = "0123456789abcdef";
    text_ += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) text_ += kDigits[(value >> shift) & 0xF];
  }

  Style style_;
  std::string text_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string dump(const Value& value) { return Writer({}).write(value); }
std::string dump_pretty(const Value& value) { return Writer({.indent = 2}).write(value); }
std::string dump_python(const Value& value, std::size_t indent, KeyOrder order) {
  return Writer({.indent = indent, .sorted = order == KeyOrder::kSorted, .ascii = true, .spaced = indent == 0})
      .write(value);
}

}  // namespace baton::json
