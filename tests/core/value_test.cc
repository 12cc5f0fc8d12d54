#include "baton/core/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace baton {
namespace {

using testing::ElementsAre;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> keys(const Record& record) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : record) keys.push_back(key);
  return keys;
}

TEST(Record, KeepsTheOrderInWhichKeysWereSet) {
  Record record{{"loss", 0.5}, {"epoch", 1.0}};
  record.set("a", 3);
  EXPECT_THAT(keys(record), ElementsAre("loss", "epoch", "a"));
}

TEST(Record, ReplacesAValueInItsPlace) {
  Record record{{"loss", 0.5}, {"epoch", 1.0}};
  record.set("loss", "gone");
  EXPECT_EQ(record, (Record{{"loss", "gone"}, {"epoch", 1.0}}));
}

TEST(Record, KeepsTheLastOfEqualKeysInTheFirstOnesPlace) {
  EXPECT_EQ((Record{{"a", 1}, {"b", 2}, {"a", 3}}), (Record{{"a", 3}, {"b", 2}}));
}

TEST(Record, MergesTheOthersItemsInTheirOrder) {
  Record record{{"a", 1}, {"b", 2}};
  record.merge({{"d", 4}, {"a", 5}, {"c", 6}});
  EXPECT_EQ(record, (Record{{"a", 5}, {"b", 2}, {"d", 4}, {"c", 6}}));
}

TEST(Record, MergedWithItselfStaysTheSame) {
  Record record{{"a", 1}, {"b", 2}};
  record.merge(record);
  EXPECT_EQ(record, (Record{{"a", 1}, {"b", 2}}));
}

TEST(Record, ErasesAndTellsWhetherTheKeyWasThere) {
  Record record{{"a", 1}, {"b", 2}};
  EXPECT_TRUE(record.erase("a"));
  EXPECT_FALSE(record.erase("a"));
  EXPECT_EQ(record, (Record{{"b", 2}}));
}

TEST(Record, FindsWhatIsThereAndOnlyThat) {
  const Record record{{"", 1}, {"none", nullptr}};
  ASSERT_NE(record.find(""), nullptr);
  EXPECT_EQ(*record.find(""), Value(1));
  EXPECT_TRUE(record.contains("none")) << "a null is a value";
  EXPECT_EQ(record.find("non"), nullptr);
}

TEST(Record, NumberIsNaNIfAbsentSoThatNoComparisonHolds) {
  const Record record{{"loss", 2}};
  EXPECT_EQ(record.number("loss"), 2.0);
  EXPECT_FALSE(record.number("eval_loss") > 10.0);
  EXPECT_FALSE(record.number("eval_loss") <= 10.0);
}

TEST(Record, EqualityMindsTheOrder) { EXPECT_FALSE((Record{{"a", 1}, {"b", 2}} == Record{{"b", 2}, {"a", 1}})); }

TEST(Value, HoldsWhatItWasMadeFrom) {
  EXPECT_TRUE(Value().is_null());
  EXPECT_TRUE(Value(nullptr).is_null());
  EXPECT_EQ(*Value(true).boolean(), true);
  EXPECT_EQ(*Value(7).integer(), 7);
  EXPECT_EQ(*Value(2.5f).floating(), 2.5);
  EXPECT_EQ(*Value("text").text(), "text") << "a literal is a text, not a boolean";
  EXPECT_EQ(Value(Value::List{1, "b"}).list()->size(), 2u);
  EXPECT_EQ(Value(Record{{"a", 1}}).record()->number("a"), 1.0);
}

TEST(Value, GivesNullForAnyOtherType) {
  const Value integer(7);
  EXPECT_EQ(integer.boolean(), nullptr);
  EXPECT_EQ(integer.floating(), nullptr);
  EXPECT_EQ(integer.text(), nullptr);
  EXPECT_EQ(integer.list(), nullptr);
  EXPECT_EQ(integer.record(), nullptr);
}

struct NumberCase {
  const char* why;
  Value value;
  bool is_integer;
  bool is_number;
  double number;  ///< NaN: no number
};

TEST(Value, TellsNumbersFromTheRest) {
  const std::vector<NumberCase> cases = {
      {"integers are numbers", 3, true, true, 3.0},
      {"floats are no integers, whole ones neither", 3.0, false, true, 3.0},
      {"a boolean counts but is no number", true, false, false, 1.0},
      {"so does false", false, false, false, 0.0},
      {"infinity is a number", std::numeric_limits<double>::infinity(), false, true, HUGE_VAL},
      {"digits in a text are no number", "3", false, false, kNaN},
      {"null is none", nullptr, false, false, kNaN},
      {"lists are none", Value::List{3}, false, false, kNaN},
      {"records are none", Record{{"a", 3}}, false, false, kNaN},
  };
  for (const NumberCase& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(c.value.is_integer(), c.is_integer);
    EXPECT_EQ(c.value.is_number(), c.is_number);
    EXPECT_TRUE(std::isnan(c.number) ? std::isnan(c.value.number()) : c.value.number() == c.number);
  }
}

TEST(Value, EqualityNeedsTheSameType) {
  EXPECT_EQ(Value(1), Value(1));
  EXPECT_NE(Value(1), Value(1.0)) << "files write them differently";
  EXPECT_NE(Value(1), Value(true));
  EXPECT_NE(Value(kNaN), Value(kNaN));
  EXPECT_EQ(Value(Record{{"a", Value::List{1, 2}}}), Value(Record{{"a", Value::List{1, 2}}}));
}

}  // namespace
}  // namespace baton
