#include "src/base/json.h"
#include "src/base/utf8.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>
#include <variant>
#include <vector>

namespace baton {

JsonError::JsonError(std::string_view where, std::int64_t line, std::int64_t column, std::string_view problem)
    : Error(std::string(where) + " is not valid JSON at line " + std::to_string(line) + ", column " +
            std::to_string(column) + ": " + std::string(problem)),
      line_(line),
      column_(column) {}

namespace json {
namespace {

[[noreturn]] void fail_at(std::string_view text, std::size_t offset, std::string_view where, std::string_view problem) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
  const auto is_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; };
  const std::string_view in_line = before.substr(line_begin);
  throw JsonError(where, 1 + std::count(before.begin(), before.end(), '\n'),
                  1 + std::count_if(in_line.begin(), in_line.end(), is_character), problem);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// A bare word and the number that stands for it.
struct NonFinite {
  std::string_view word;
  std::string_view stand_in;  ///< as long as the word, so that places in the text stay what they are
  double value;
};
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr NonFinite kNonFinite[] = {{"NaN", "0E0", std::numeric_limits<double>::quiet_NaN()},
                                    {"Infinity", "1E000000", kInfinity},
                                    {"-Infinity", "-1E000000", -kInfinity}};

/// Rewrites a text so that a strict JSON parser reads it. The bare words become numbers with an upper-case E; in all
/// other numbers the E becomes lower-case, which does not change them: hence an upper-case E marks a bare word. On its
/// way it refuses what that parser would let pass: a NUL between values, which it takes for the end, and deep nesting.
class Preparation {
 public:
  Preparation(std::string_view text, std::string_view where) : text_(text), where_(where), prepared_(text) {}

  std::string run() {
    for (std::size_t at = 0; at < text_.size();) at += text_[at] == '"' ? string_length(at) : step(at);
    return std::move(prepared_);
  }

 private:
  std::size_t string_length(std::size_t begin) const {
    for (std::size_t at = begin + 1; at < text_.size(); ++at) {
      if (text_[at] == '\\') {
        ++at;
      } else if (text_[at] == '"') {
        return at + 1 - begin;
      }
    }
    return text_.size() - begin;
  }

  /// Treats what begins at `at` outside of strings and returns its length.
  std::size_t step(std::size_t at) {
    for (const NonFinite& candidate : kNonFinite) {
      if (!stands_alone(candidate.word, at)) continue;
      prepared_.replace(at, candidate.word.size(), candidate.stand_in);
      return candidate.word.size();
    }
    const char c = text_[at];
    if (c == 'E' && at > 0 && is_digit(text_[at - 1])) prepared_[at] = 'e';
    if (c == '\0') fail_at(text_, at, where_, "a NUL byte; expected a value or the end");
    if (c == '[' || c == '{') enter(at);
    if (c == ']' || c == '}') --depth_;
    return 1;
  }

  bool stands_alone(std::string_view word, std::size_t at) const {
    if (text_.substr(at, word.size()) != word) return false;
    const auto glued = [](char c) { return is_word(c) || c == '-' || c == '+' || c == '.'; };
    const std::size_t end = at + word.size();
    return !(at > 0 && glued(text_[at - 1])) && !(end < text_.size() && glued(text_[end]));
  }

  void enter(std::size_t at) {
    if (++depth_ > kMaxDepth) fail_at(text_, at, where_, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
  }

  std::string_view text_;
  std::string_view where_;
  std::string prepared_;
  int depth_ = 0;
};

/// Builds the value from the parser's events.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override {
    constexpr auto kLargest = static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max());
    return value <= kLargest ? add(static_cast<std::int64_t>(value)) : add(static_cast<double>(value));
  }
  bool number_float(number_float_t value, const string_t& text) override {
    if (text.find('E') == std::string::npos) return add(value);
    const auto is_meant = [&](const NonFinite& candidate) { return candidate.stand_in == text; };
    return add(std::find_if(std::begin(kNonFinite), std::end(kNonFinite), is_meant)->value);
  }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }  // no such thing in a text

  bool start_object(std::size_t) override { return open(Record{}); }
  bool key(string_t& key) override {
    open_.back().key = std::move(key);
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Value::List{}); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& error) override {
    error_offset_ = position > 0 ? position - 1 : 0;
    error_ = error.what();
    return false;
  }

  Value take() { return std::move(result_); }
  /// Of the last character that was read.
  std::size_t error_offset() const { return error_offset_; }
  /// The parser's message without its place, which we state ourselves. It may quote a text of any length.
  std::string problem() const {
    std::string_view message = error_;
    for (const std::string_view prefix : {"] ", "syntax error "}) {
      const std::size_t at = message.find(prefix);
      if (at != std::string_view::npos) message.remove_prefix(at + prefix.size());
    }
    return shortened(message, 200);
  }

 private:
  struct Open {
    std::variant<Value::List, Record> items;
    std::string key;  ///< of the record's next value
  };

  bool open(std::variant<Value::List, Record> items) {
    open_.push_back({std::move(items), {}});
    return true;
  }
  bool close() {
    Value closed = std::visit([](auto& items) { return Value(std::move(items)); }, open_.back().items);
    open_.pop_back();
    return add(std::move(closed));
  }
  bool add(Value value) {
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (auto* list = std::get_if<Value::List>(&open_.back().items)) {
      list->push_back(std::move(value));
    } else {
      std::get<Record>(open_.back().items).set(open_.back().key, std::move(value));
    }
    return true;
  }

  std::vector<Open> open_;
  Value result_;
  std::size_t error_offset_ = 0;
  std::string error_;
};

}  // namespace

Value parse(std::string_view text, std::string_view where) {
  const std::string prepared = Preparation(text, where).run();
  Builder builder;
  if (!nlohmann::json::sax_parse(prepared, &builder)) fail_at(text, builder.error_offset(), where, builder.problem());
  return builder.take();
}

}  // namespace json
}  // namespace baton
