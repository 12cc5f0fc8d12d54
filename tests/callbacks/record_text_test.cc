#include "src/callbacks/record_text.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace baton {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(FourDigits, IsPythonsGeneralFormat) {
  struct Row {
    double value;
    const char* text;
  };
  for (const Row& row :
       {Row{0.123456, "0.1235"}, Row{5e-05, "5e-05"}, Row{123456.789, "1.235e+05"}, Row{1e10, "1e+10"}, Row{0.0, "0"},
        Row{-0.0, "-0"}, Row{100.0, "100"}, Row{12345.0, "1.234e+04"}, Row{1e-300, "1e-300"}, Row{9999.5, "1e+04"},
        Row{kNaN, "nan"}, Row{-kNaN, "nan"}, Row{kInf, "inf"}, Row{-kInf, "-inf"}}) {
    EXPECT_EQ(four_digits(row.value), row.text);
  }
}

TEST(ShownRecord, ShortensFloatsAndHidesTotalFlos) {
  const LogRecord logs{{"loss", 0.123456}, {"total_flos", 1e12}, {"n", 3}, {"ok", true}, {"none", nullptr}};
  EXPECT_EQ(shown_record(logs), (Record{{"loss", "0.1235"}, {"n", 3}, {"ok", true}, {"none", nullptr}}));
}

TEST(ShownRecord, ReplacesATextBeyondTheLimit) {
  const std::string fits(100, 'x');
  const LogRecord logs{{"fits", fits}, {"long", fits + "x"}};
  EXPECT_EQ(
      shown_record(logs, 100),
      (Record{
          {"fits", fits},
          {"long", "[String too long to display, length: 101 > 100. Consider increasing `max_str_len` if needed.]"}}));
  EXPECT_EQ(shown_record(logs), logs) << "no limit";
}

TEST(ShownRecord, CountsCharactersNotBytes) {
  const LogRecord logs{{"text", "äöüß"}};
  EXPECT_EQ(shown_record(logs, 4), logs);
}

TEST(PythonRepr, WritesAsPythonDoes) {
  struct Row {
    Value value;
    const char* text;
    const char* why;
  };
  for (const Row& row :
       {Row{nullptr, "None", "null"}, Row{true, "True", "a boolean"}, Row{-3, "-3", "an integer"},
        Row{1.0, "1.0", "a float stays one"}, Row{5e-05, "5e-05", "shortest form"}, Row{kNaN, "nan", "not JSON's NaN"},
        Row{"plain", "'plain'", "single quotes"}, Row{"it's", "\"it's\"", "double quotes around a single one"},
        Row{"'\"", "'\\'\"'", "both kinds: single quotes, escaped"},
        Row{"a\\b\n\r\t", "'a\\\\b\\n\\r\\t'", "escapes with a letter"},
        Row{"\x1b[2J\x7f\xc2\x9b", "'\\x1b[2J\\x7f\\x9b'", "control characters by number"},
        Row{"äé", "'äé'", "readable characters stay"}, Row{Value::List{1, "a"}, "[1, 'a']", "a list"},
        Row{Record{{"a", 1}, {"b", Record{}}}, "{'a': 1, 'b': {}}", "records in records"}}) {
    EXPECT_EQ(python_repr(row.value), row.text) << row.why;
  }
}

}  // namespace
}  // namespace baton
