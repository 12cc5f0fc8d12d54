#include "src/base/yaml.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace baton::yaml {
namespace {

constexpr int kMaxDepth = 50;      // an anchor may stand for a value that contains it
constexpr int kMaxParts = 10'000;  // anchors multiply: a short text may stand for a huge value

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

template <class Number>
bool read_whole(std::string_view text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

Value number_or_text(const std::string& text) {
  const std::string_view signless = std::string_view(text).substr(is_one_of(text.substr(0, 1), {"+", "-"}) ? 1 : 0);
  if (is_one_of(signless, {".inf", ".Inf", ".INF"})) return text[0] == '-' ? -kInfinity : kInfinity;
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return kNaN;
  const std::size_t first_digit = signless.substr(0, 1) == "." ? 1 : 0;
  if (first_digit >= signless.size() || signless[first_digit] < '0' || signless[first_digit] > '9') return text;
  const std::string_view digits = text[0] == '+' ? signless : std::string_view(text);
  std::int64_t integer = 0;
  double floating = 0.0;
  if (read_whole(digits, integer)) return integer;
  if (read_whole(digits, floating)) return floating;
  return text;
}

Value plain_scalar(const std::string& text) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
  if (is_one_of(text, {"true", "True", "TRUE"})) return true;
  if (is_one_of(text, {"false", "False", "FALSE"})) return false;
  return number_or_text(text);
}

class Converter {
 public:
  explicit Converter(std::string_view where) : where_(where) {}

  Value convert(const YAML::Node& node, int depth) {
    if (depth > kMaxDepth) fail(node.Mark(), "nested too deep");
    if (++parts_ > kMaxParts) fail(node.Mark(), "too large");
    if (node.IsSequence()) return list(node, depth);
    if (node.IsMap()) return record(node, depth);
    if (!node.IsScalar()) return nullptr;
    return node.Tag() == "?" ? plain_scalar(node.Scalar()) : Value(node.Scalar());
  }

  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& problem) const {
    const std::string place =
        mark.is_null() ? ""
                       : " at line " + std::to_string(mark.line + 1) + ", column " + std::to_string(mark.column + 1);
    throw YamlError(where_ + " is no valid YAML" + place + ": " + problem);
  }

 private:
  Value list(const YAML::Node& node, int depth) {
    Value::List items;
    for (const YAML::Node& item : node) items.push_back(convert(item, depth + 1));
    return items;
  }

  Value record(const YAML::Node& node, int depth) {
    Record items;
    for (const auto& item : node) {
      if (!item.first.IsScalar()) fail(item.first.Mark(), "a key that is no text");
      const std::string& key = item.first.Scalar();
      if (items.contains(key)) fail(item.first.Mark(), "the key " + key + " comes twice");
      items.set(key, convert(item.second, depth + 1));
    }
    return items;
  }

  std::string where_;
  int parts_ = 0;
};

}  // namespace

Value parse(std::string_view text, std::string_view where) {
  Converter converter(where);
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.empty()) return nullptr;
    if (documents.size() > 1) converter.fail(documents[1].Mark(), "expected one document");
    return converter.convert(documents.front(), 0);
  } catch (const YAML::Exception& error) {
    converter.fail(error.mark, error.msg);
  }
}

}  // namespace baton::yaml
