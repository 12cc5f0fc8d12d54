#include "src/base/wrap.h"

#include <gtest/gtest.h>

namespace baton {
namespace {

struct Case {
  const char* text;
  std::size_t column;
  std::size_t width;
  const char* lines;
  const char* why;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.why; }

class Wrap : public testing::TestWithParam<Case> {};

TEST_P(Wrap, BreaksWhereALineIsFull) {
  const Case& c = GetParam();
  EXPECT_EQ(wrapped(c.text, c.column, c.width), c.lines) << c.why;
}

INSTANTIATE_TEST_SUITE_P(Table, Wrap,
                         testing::Values(Case{"", 2, 10, "", "nothing stays nothing"},
                                         Case{"one two", 2, 9, "one two", "a line may be exactly full"},
                                         Case{"one two", 2, 8, "one\n  two", "one column less breaks it"},
                                         Case{"a b c d", 0, 3, "a b\nc d", "each line counts anew"},
                                         Case{"  a   b ", 0, 9, "a b", "blanks do not add up"},
                                         Case{"a longer-word b", 0, 5, "a\nlonger-word\nb", "words stay whole"}));

}  // namespace
}  // namespace baton
