#include "src/base/number_text.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace baton {
namespace {

struct Repr {
  const char* why;
  double value;
  const char* text;
};

TEST(FloatRepr, IsPythons) {
  const Repr cases[] = {
      {"whole numbers keep a point", 3.0, "3.0"},
      {"zero", 0.0, "0.0"},
      {"and its sign", -0.0, "-0.0"},
      {"shortest text that reads back", 0.1, "0.1"},
      {"which may be long", 0.1 + 0.2, "0.30000000000000004"},
      {"last power of ten without exponent below 1", 0.0001, "0.0001"},
      {"first with one", 9.999e-05, "9.999e-05"},
      {"exponents have two digits", 5e-5, "5e-05"},
      {"last power of ten without exponent above 1", 1e15, "1000000000000000.0"},
      {"largest without exponent", 9999999999999998.0, "9999999999999998.0"},
      {"first with one above", 1e16, "1e+16"},
      {"fractions in an exponent form", -1.2345678901234568e17, "-1.2345678901234568e+17"},
      {"largest", std::numeric_limits<double>::max(), "1.7976931348623157e+308"},
      {"smallest", std::numeric_limits<double>::denorm_min(), "5e-324"},
      {"no number", std::numeric_limits<double>::quiet_NaN(), "nan"},
      {"infinite", std::numeric_limits<double>::infinity(), "inf"},
      {"and below", -std::numeric_limits<double>::infinity(), "-inf"},
  };
  for (const Repr& c : cases) EXPECT_EQ(float_repr(c.value), c.text) << c.why;
}

TEST(PythonRound, RoundsTheBinaryValueWithTiesToEven) {
  EXPECT_EQ(python_round(0.0625, 3), 0.062);
  EXPECT_EQ(python_round(2.675, 2), 2.67);
  EXPECT_EQ(python_round(-1.5, 0), -2.0);
  EXPECT_EQ(python_round(std::numeric_limits<double>::infinity(), 2), std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace baton
