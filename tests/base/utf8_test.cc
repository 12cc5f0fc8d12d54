#include "src/base/utf8.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>

namespace baton {
namespace {

struct Reading {
  const char* why;
  std::string_view bytes;
  char32_t value;
  std::size_t length;
};

void expect_readings(std::initializer_list<Reading> cases) {
  for (const Reading& c : cases) {
    EXPECT_EQ(first_code_point(c.bytes).value, c.value) << c.why;
    EXPECT_EQ(first_code_point(c.bytes).length, c.length) << c.why;
  }
}

TEST(FirstCodePoint, ReadsEachLengthToItsLimits) {
  expect_readings({
      {"ASCII", "a\xFF", U'a', 1},
      {"NUL is a character", std::string_view("\0", 1), 0, 1},
      {"last of one byte", "\x7F", 0x7F, 1},
      {"first of two bytes", "\xC2\x80", 0x80, 2},
      {"last of two bytes", "\xDF\xBF", 0x7FF, 2},
      {"first of three bytes", "\xE0\xA0\x80", 0x800, 3},
      {"last before the surrogates", "\xED\x9F\xBF", 0xD7FF, 3},
      {"first after them", "\xEE\x80\x80", 0xE000, 3},
      {"last of three bytes", "\xEF\xBF\xBF", 0xFFFF, 3},
      {"first of four bytes", "\xF0\x90\x80\x80", 0x10000, 4},
      {"last of all", "\xF4\x8F\xBF\xBF", 0x10FFFF, 4},
  });
}

TEST(FirstCodePoint, TakesAByteThatStartsNothingValidAsReplacement) {
  expect_readings({
      {"a continuation byte alone", "\x80", kReplacementCharacter, 1},
      {"a lead byte at the end", "\xC3", kReplacementCharacter, 1},
      {"a lead byte before ASCII", "\xC3z", kReplacementCharacter, 1},
      {"three of four bytes", "\xF0\x9F\x98", kReplacementCharacter, 1},
      {"third byte is none", "\xF0\x9F(\x80", kReplacementCharacter, 1},
      {"overlong two bytes", "\xC1\xBF", kReplacementCharacter, 1},
      {"overlong three bytes", "\xE0\x9F\xBF", kReplacementCharacter, 1},
      {"overlong four bytes", "\xF0\x8F\xBF\xBF", kReplacementCharacter, 1},
      {"first surrogate", "\xED\xA0\x80", kReplacementCharacter, 1},
      {"last surrogate", "\xED\xBF\xBF", kReplacementCharacter, 1},
      {"beyond the last", "\xF4\x90\x80\x80", kReplacementCharacter, 1},
      {"never a lead byte", "\xF5\x80\x80\x80", kReplacementCharacter, 1},
      {"nor this", "\xFF", kReplacementCharacter, 1},
  });
}

TEST(ValidUtf8, ReplacesEveryByteOfNoCharacter) {
  EXPECT_EQ(valid_utf8("a\xC3\xA9z"), "a\xC3\xA9z");
  EXPECT_EQ(valid_utf8("a\xFF\xC3"), "a\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(valid_utf8("\xEF\xBF\xBD"), "\xEF\xBF\xBD") << "the replacement character itself";
  EXPECT_EQ(valid_utf8(""), "");
}

TEST(Shortened, CutsBetweenCharactersOnly) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "abc...");
  EXPECT_EQ(shortened("ab\xC3\xA9", 3), "ab...") << "the two bytes of the third character do not fit";
  EXPECT_EQ(shortened("a\xC3\xA9z", 3), "a\xC3\xA9...");
  EXPECT_EQ(shortened("\xFF\xFF\xFF", 2), "\xFF\xFF...");
  EXPECT_EQ(shortened("abc", 0), "...");
}

}  // namespace
}  // namespace baton
