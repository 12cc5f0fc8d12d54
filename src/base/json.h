// JSON to baton::Value and back. Like Python's json it knows NaN, Infinity and -Infinity as bare words, which the
// reference's state files hold. Reading: json_reader.cc; writing: json_writer.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "baton/core/errors.h"
#include "baton/core/value.h"

namespace baton {

/// A text that is no JSON. what() says which text, where in it, and what is wrong there.
class JsonError : public Error {
 public:
  /// Line and column count from 1, columns in characters.
  JsonError(std::string_view where, std::int64_t line, std::int64_t column, std::string_view problem);

  std::int64_t line() const noexcept { return line_; }
  std::int64_t column() const noexcept { return column_; }

 private:
  std::int64_t line_;
  std::int64_t column_;
};

namespace json {

/// Lists and records may be this deep in a text.
inline constexpr int kMaxDepth = 200;

/// The one value in `text`; `where` names the text in errors (a path, an option). Numbers without point and exponent
/// are integers, or floats if they do not fit; of equal keys the last one wins, in the place of the first; a byte order
/// mark is skipped. Throws JsonError, also for invalid UTF-8, a number too large for a double and nesting beyond
/// kMaxDepth.
Value parse(std::string_view text, std::string_view where);

// The writers never throw: bytes that are not UTF-8 become U+FFFD. Floats are written as Python's repr() does, so that
// they read back as the same float; non-finite ones as the bare words above. Keys keep their order except where noted.

/// On one line, without blanks, in UTF-8: {"loss":0.5,"step":3}
std::string dump(const Value& value);
/// Two blanks of indentation a level, in UTF-8: for files that people read.
std::string dump_pretty(const Value& value);
enum class KeyOrder { kSorted, kKept };
/// The text of Python's json.dumps(value, indent=indent, sort_keys=...), of json.dumps(value, sort_keys=...) if indent
/// is 0: everything outside of printable ASCII is escaped, keys may be sorted by code point.
std::string dump_python(const Value& value, std::size_t indent = 2, KeyOrder order = KeyOrder::kSorted);

}  // namespace json
}  // namespace baton
