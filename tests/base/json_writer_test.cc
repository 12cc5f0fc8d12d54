#include "src/base/json.h"
#include "tests/fakes/test_files.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace baton::json {
namespace {

const Value kSample = Record{
    {"b", Value::List{1, 2.0, nullptr, true}}, {"a", Record{{"z", "\u00e9"}, {"y", Value::List{}}}}, {"c", Record{}}};

TEST(JsonWriter, DumpsOnOneLineInTheGivenOrder) {
  EXPECT_EQ(dump(kSample), "{\"b\":[1,2.0,null,true],\"a\":{\"z\":\"\u00e9\",\"y\":[]},\"c\":{}}");
}

TEST(JsonWriter, DumpsPrettyInTheGivenOrder) {
  EXPECT_EQ(dump_pretty(kSample),
            "{\n  \"b\": [\n    1,\n    2.0,\n    null,\n    true\n  ],\n"
            "  \"a\": {\n    \"z\": \"\u00e9\",\n    \"y\": []\n  },\n  \"c\": {}\n}");
}

TEST(JsonWriter, DumpsAsPythonSortedAndInAscii) {
  EXPECT_EQ(dump_python(kSample),
            "{\n  \"a\": {\n    \"y\": [],\n    \"z\": \"\\u00e9\"\n  },\n"
            "  \"b\": [\n    1,\n    2.0,\n    null,\n    true\n  ],\n  \"c\": {}\n}");
}

TEST(JsonWriter, DumpsAsPythonInTheOrderOfTheRecord) {
  const Record record = {{"z", 1}, {"a", Record{{"y", 2}, {"b", "\xC3\xA9"}}}};
  EXPECT_EQ(dump_python(record, 1, KeyOrder::kKept),
            "{\n \"z\": 1,\n \"a\": {\n  \"y\": 2,\n  \"b\": \"\\u00e9\"\n }\n}");
}

TEST(JsonWriter, DumpsAsPythonDidItself) {
  const Value value = parse(fakes::read_test_file("golden/values.json"), "values.json");
  EXPECT_EQ(dump_python(value) + "\n", fakes::read_test_file("golden/values_python.json"));
}

struct TextCase {
  const char* why;
  std::string text;
  const char* plain;
  const char* ascii;
};

TEST(JsonWriter, EscapesWhatItMust) {
  const TextCase cases[] = {
      {"quotes and backslashes", "\"\\/", R"("\"\\/")", R"("\"\\/")"},
      {"control characters with a letter", "\b\f\n\r\t", R"("\b\f\n\r\t")", R"("\b\f\n\r\t")"},
      {"others in hexadecimal digits, lower case", "\x1f\x0b", R"("\u001f\u000b")", R"("\u001f\u000b")"},
      {"NUL", std::string(1, '\0'), R"("\u0000")", R"("\u0000")"},
      {"DEL is no printable ASCII", "\x7f", "\"\x7f\"", R"("\u007f")"},
      {"two bytes", "\u00e9", "\"\u00e9\"", R"("\u00e9")"},
      {"a surrogate pair", "\U0001F600", "\"\U0001F600\"", R"("\ud83d\ude00")"},
      {"the last character", "\U0010FFFF", "\"\U0010FFFF\"", R"("\udbff\udfff")"},
      {"bytes that are no UTF-8", "a\xFF\xC3z", "\"a\uFFFD\uFFFDz\"", R"("a\ufffd\ufffdz")"},
      {"a replacement character that was there", "\uFFFD", "\"\uFFFD\"", R"("\ufffd")"},
  };
  for (const TextCase& c : cases) {
    EXPECT_EQ(dump(c.text), c.plain) << c.why;
    EXPECT_EQ(dump_python(c.text), c.ascii) << c.why;
    EXPECT_EQ(dump(Record{{c.text, 1}}), std::string("{") + c.plain + ":1}") << c.why << ", as a key";
  }
}

TEST(JsonWriter, WritesNonFiniteNumbersAsBareWords) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(dump(Value::List{std::numeric_limits<double>::quiet_NaN(), kInfinity, -kInfinity}),
            "[NaN,Infinity,-Infinity]");
}

TEST(JsonWriter, WritesTheLimitsOfIntegers) {
  using Limits = std::numeric_limits<std::int64_t>;
  EXPECT_EQ(dump(Value::List{Limits::min(), Limits::max()}), "[-9223372036854775808,9223372036854775807]");
}

}  // namespace
}  // namespace baton::json
