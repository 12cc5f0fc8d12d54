#include "src/base/json.h"
#include "tests/fakes/damage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace baton::json {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Of a text that must be refused.
JsonError error_of(std::string_view text) {
  try {
    parse(text, "a.json");
  } catch (const JsonError& error) {
    return error;
  }
  ADD_FAILURE() << "read: " << text;
  return JsonError("", 0, 0, "");
}

TEST(JsonReader, ReadsEveryType) {
  const Value value = parse(R"( {"a": [null, true, false, -7, 0.5, "text"], "b": {}} )", "a.json");
  EXPECT_EQ(value, Value(Record{{"a", Value::List{nullptr, true, false, -7, 0.5, "text"}}, {"b", Record{}}}));
}

TEST(JsonReader, KeepsTheOrderOfKeysAndTheLastOfEqualOnes) {
  EXPECT_EQ(parse(R"({"b":1,"a":2,"b":3})", "a.json"), Value(Record{{"b", 3}, {"a", 2}}));
}

struct NumberCase {
  const char* why;
  std::string_view text;
  Value value;
};

TEST(JsonReader, TellsIntegersFromFloats) {
  const NumberCase cases[] = {
      {"no point, no exponent", "3", 3},
      {"a point", "3.0", 3.0},
      {"an exponent", "3e0", 3.0},
      {"an upper-case one", "-3E+2", -300.0},
      {"no negative integer zero", "-0", 0},
      {"largest integer", "9223372036854775807", std::numeric_limits<std::int64_t>::max()},
      {"smallest integer", "-9223372036854775808", std::numeric_limits<std::int64_t>::min()},
      {"does not fit", "9223372036854775808", 9223372036854775808.0},
      {"nor in 64 bits without sign", "18446744073709551616", 18446744073709551616.0},
      {"nor below", "-9223372036854775809", -9223372036854775808.0},
      {"rounds to zero", "1e-999", 0.0},
  };
  for (const NumberCase& c : cases) EXPECT_EQ(parse(c.text, "a.json"), c.value) << c.why;
}

TEST(JsonReader, ReadsPythonsWordsForNonFiniteNumbers) {
  const Value value = parse(R"([Infinity,-Infinity, NaN ,{"x":NaN}])", "a.json");
  const Value::List& items = *value.list();
  EXPECT_EQ(items[0], Value(kInfinity));
  EXPECT_EQ(items[1], Value(-kInfinity));
  EXPECT_TRUE(items[2].is_number() && std::isnan(items[2].number()));
  EXPECT_TRUE(std::isnan(items[3].record()->number("x")));
  EXPECT_TRUE(std::isnan(parse("NaN", "a.json").number()));
}

TEST(JsonReader, LeavesThoseWordsAloneInStrings) {
  for (const std::string text : {R"(["NaN"])", R"(["\"NaN,\\"])", R"({"-Infinity":"[Infinity]"})"}) {
    EXPECT_EQ(dump(parse(text, "a.json")), text);
  }
}

TEST(JsonReader, NeverMistakesAZeroForAWord) {
  EXPECT_EQ(parse("[0E0,1E000000,-1E000000]", "a.json"), Value(Value::List{0.0, 1.0, -1.0}));
}

TEST(JsonReader, DecodesEscapes) {
  EXPECT_EQ(parse(R"("\u00e9\ud83d\ude00\n\/\u0000")", "a.json"), Value(std::string("\u00e9\U0001F600\n/\0", 9)));
}

TEST(JsonReader, SkipsAByteOrderMark) { EXPECT_EQ(parse("\xEF\xBB\xBF[1]", "a.json"), Value(Value::List{1})); }

struct BadText {
  const char* why;
  std::string_view text;
  std::int64_t line;
  std::int64_t column;
  const char* says;
};

TEST(JsonReader, NamesTheTextThePlaceAndTheProblem) {
  using std::string_view_literals::operator""sv;
  const BadText cases[] = {
      {"nothing at all", "", 1, 1, "unexpected end of input"},
      {"cut short", "{\"a\":\n[1,", 2, 4, "unexpected end of input"},
      {"a value is missing", "[1,]", 1, 4, "unexpected ']'; expected '[', '{', or a literal"},
      {"a colon is missing", "{\n \"a\" 1}", 2, 6, "expected ':'"},
      {"columns are characters", "[\"\u00e9\u00e9\", x]", 1, 8, "invalid literal"},
      {"places behind a bare word stay right", "[NaN, Infinity,\n-Infinity, ?]", 2, 12, "invalid literal"},
      {"keys are texts", "{NaN:1}", 1, 4, "expected string literal"},
      {"other spelling", "[nan]", 1, 3, "invalid literal"},
      {"a sign before NaN", "[-NaN]", 1, 3, "invalid number"},
      {"a plus sign", "[+Infinity]", 1, 2, "invalid literal"},
      {"digits before a word", "[1NaN]", 1, 3, "invalid literal"},
      {"digits after a word", "[NaN0]", 1, 2, "invalid literal"},
      {"a longer word", "[Infinity_]", 1, 2, "invalid literal"},
      {"upper case does not become lower case", "truE", 1, 4, "invalid literal"},
      {"too large for a double", "[1E999]", 1, 6, "overflow"},
      {"a leading zero", "[01]", 1, 3, "expected ']'"},
      {"something behind the value", "{} 1", 1, 4, "expected end of input"},
      {"a NUL byte is not the end", "[1]\0"sv, 1, 4, "NUL"},
      {"nor is it in a string", "[\"a\0\"]"sv, 1, 4, "control character"},
      {"a string without end", "[\"NaN, [", 1, 9, "missing closing quote"},
      {"half a surrogate pair", R"(["\ud800"])", 1, 9, "surrogate"},
      {"no UTF-8", "[\"\xFF\"]", 1, 3, "UTF-8"},
      {"a comment", "[1] // one", 1, 5, "invalid literal"},
  };
  for (const BadText& c : cases) {
    SCOPED_TRACE(c.why);
    const JsonError error = error_of(c.text);
    EXPECT_EQ(error.line(), c.line) << error.what();
    EXPECT_EQ(error.column(), c.column) << error.what();
    const std::string place = "at line " + std::to_string(c.line) + ", column " + std::to_string(c.column) + ":";
    EXPECT_THAT(error.what(), AllOf(StartsWith("a.json is not valid JSON " + place), HasSubstr(c.says)));
  }
}

TEST(JsonReader, QuotesLittleOfALongText) {
  std::string text = "[\"";
  text.append(100000, 'x');
  EXPECT_LT(std::string(error_of(text).what()).size(), 400u);
}

std::string nested(int depth) { return std::string(std::size_t(depth), '[') + std::string(std::size_t(depth), ']'); }

TEST(JsonReader, RefusesDeepNesting) {
  EXPECT_EQ(dump(parse(nested(kMaxDepth), "a.json")), nested(kMaxDepth));
  EXPECT_EQ(error_of(nested(kMaxDepth + 1)).column(), kMaxDepth + 1);
  EXPECT_THAT(error_of(std::string(1000000, '{')).what(), HasSubstr("nested deeper than 200 levels"));
}

TEST(JsonReader, CountsOnlyBracketsThatAreOpen) {
  std::string many = "[";
  for (int i = 0; i < 2 * kMaxDepth; ++i) many += "{},[],\"[{\",";
  EXPECT_EQ(parse(many + "1]", "a.json").list()->size(), std::size_t{6} * kMaxDepth + 1);
}

TEST(JsonReader, RefusesDamageOrReadsIt) {
  const std::string good =
      R"({"a": [1, -2.5e-7, "é\u00e9\ud83d\ude00\"", NaN], "b": {"c": -Infinity, "d": [true, null]}})";
  const int refused = fakes::count_refused_damage<JsonError>(good, [](const std::string& text) {
    const std::string written = dump(parse(text, "damaged"));
    EXPECT_EQ(dump(parse(written, "written")), written);
  });
  EXPECT_GT(refused, int(good.size())) << "every cut must be refused";
}

TEST(JsonReader, RefusesRandomTokensOrReadsThem) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::vector<std::string> tokens = {"{",        "}",    "[",    "]", ",",  ":",    "\"a\"", "\"",
                                           "\\",       "1",    "-",    "E", "e",  ".",    "0",     "NaN",
                                           "Infinity", "true", "null", " ", "\n", "\xC3", "\xA9"};
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (auto length = random() % 12; length > 0; --length) text += tokens[random() % tokens.size()];
    std::string written;
    try {
      written = dump(parse(text, "random"));
    } catch (const JsonError&) {
      continue;  // what most of them deserve
    }
    EXPECT_EQ(dump(parse(written, "written")), written) << text;
  }
}

}  // namespace
}  // namespace baton::json
