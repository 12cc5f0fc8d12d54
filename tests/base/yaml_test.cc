#include "src/base/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <string>

#include "tests/fakes/damage.h"

namespace baton {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Value parsed(const std::string& text) { return yaml::parse(text, "a.yaml"); }

std::string error_of(const std::string& text) {
  try {
    parsed(text);
  } catch (const YamlError& error) {
    return error.what();
  }
  return "no error";
}

struct Scalar {
  const char* text;
  Value value;
  const char* why;
};

std::ostream& operator<<(std::ostream& out, const Scalar& scalar) { return out << scalar.why; }

class YamlScalar : public testing::TestWithParam<Scalar> {};

TEST_P(YamlScalar, IsReadByTheCoreRules) {
  EXPECT_EQ(*parsed("key: " + std::string(GetParam().text)).record()->find("key"), GetParam().value) << GetParam().why;
}

INSTANTIATE_TEST_SUITE_P(
    All, YamlScalar,
    testing::Values(Scalar{"", nullptr, "nothing"}, Scalar{"~", nullptr, "null as a tilde"},
                    Scalar{"null", nullptr, "null as a word"}, Scalar{"true", true, "boolean"},
                    Scalar{"False", false, "boolean, as Python writes it"},
                    Scalar{"no", "no", "a strategy's name, no boolean since YAML 1.2"},
                    Scalar{"off", "off", "no boolean since YAML 1.2"}, Scalar{"12", 12, "integer"},
                    Scalar{"-3", -3, "minus sign"}, Scalar{"+3", 3, "plus sign"}, Scalar{"2.5", 2.5, "float"},
                    Scalar{".5", 0.5, "float without a leading zero"},
                    Scalar{"1e-4", 1e-4, "no point needed, unlike in PyYAML"}, Scalar{"-1.5E+3", -1500.0, "exponent"},
                    Scalar{"9223372036854775808", 9223372036854775808.0, "too large for an integer"},
                    Scalar{".inf", kInfinity, "infinity"}, Scalar{"-.Inf", -kInfinity, "minus infinity"},
                    Scalar{"inf", "inf", "a word, no infinity"}, Scalar{"nan", "nan", "a word, no number"},
                    Scalar{"1.2.3", "1.2.3", "a version"}, Scalar{"0x1F", "0x1F", "hexadecimal stays a text"},
                    Scalar{"12abc", "12abc", "a name"}, Scalar{".", ".", "this folder"},
                    Scalar{"..", "..", "the folder above"}, Scalar{"'12'", "12", "quotes make a text"},
                    Scalar{"\"true\"", "true", "double quotes make a text"}, Scalar{"!!str 12", "12", "so does a tag"},
                    Scalar{"runs/a b", "runs/a b", "a path"}));

TEST(Yaml, ReadsNaN) { EXPECT_TRUE(std::isnan(parsed("[.nan]").list()->at(0).number())); }

TEST(Yaml, KeepsTheOrderOfKeysAndNests) {
  EXPECT_EQ(parsed("b: 1\na: [x, 2]\nc:\n  d: {e: 3}\n# a comment\n"),
            Value(Record{{"b", 1}, {"a", Value::List{"x", 2}}, {"c", Record{{"d", Record{{"e", 3}}}}}}));
}

TEST(Yaml, ReadsAnEmptyTextAsNull) {
  EXPECT_EQ(parsed(""), Value());
  EXPECT_EQ(parsed("# nothing\n"), Value());
}

TEST(Yaml, FollowsAliases) { EXPECT_EQ(*parsed("a: &x 5\nb: *x").record()->find("b"), Value(5)); }

TEST(Yaml, SaysWhereASyntaxErrorIs) {
  EXPECT_THAT(error_of("a: 1\nb: ]"), AllOf(HasSubstr("a.yaml"), HasSubstr("line 2")));
}

TEST(Yaml, RefusesAKeyThatComesTwice) {
  EXPECT_THAT(error_of("seed: 1\nseed: 2"), AllOf(HasSubstr("line 2"), HasSubstr("the key seed comes twice")));
}

TEST(Yaml, RefusesAKeyThatIsNoText) { EXPECT_THAT(error_of("[1, 2]: 3"), HasSubstr("key")); }

TEST(Yaml, RefusesASecondDocument) { EXPECT_THAT(error_of("a: 1\n---\nb: 2"), HasSubstr("one document")); }

TEST(Yaml, RefusesAValueThatContainsItself) { EXPECT_THAT(error_of("a: &a [*a]"), HasSubstr("too deep")); }

TEST(Yaml, RefusesAShortTextThatStandsForAHugeValue) {
  std::ostringstream text;
  text << "l0: &l0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 20; ++i) text << "l" << i << ": &l" << i << " [*l" << i - 1 << ", *l" << i - 1 << "]\n";
  EXPECT_THAT(error_of(text.str()), HasSubstr("too large"));
}

TEST(Yaml, ReadsOrRefusesDamagedTextsButNeverCrashes) {
  const std::string good = "a: &x {b: [1, 'two', \"th\\u0072ee\"]}\nc: *x\nd: |\n  text\n";
  EXPECT_GT(fakes::count_refused_damage<YamlError>(good, parsed), 0);
}

}  // namespace
}  // namespace baton
