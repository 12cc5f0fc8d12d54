#include "src/core/argument_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace baton {
namespace {

using testing::ElementsAre;
using testing::Optional;

/// What is read from `value`, or nothing if it is refused.
template <class T>
std::optional<T> read(const Value& value) {
  T out{};
  if (!from_value(value, out)) return std::nullopt;
  return out;
}

TEST(ArgumentValues, ReadBooleansInTheReferencesWords) {
  for (const char* word : {"true", "True", "YES", "y", "t", "1"}) EXPECT_THAT(read<bool>(word), Optional(true)) << word;
  for (const char* word : {"false", "no", "N", "f", "0"}) EXPECT_THAT(read<bool>(word), Optional(false)) << word;
  for (const char* word : {"", "on", "2", "truest"}) EXPECT_FALSE(read<bool>(word)) << word;
  EXPECT_FALSE(read<bool>(1)) << "an integer is no boolean";
}

TEST(ArgumentValues, ReadIntegersExactly) {
  EXPECT_THAT(read<std::int64_t>("-12"), Optional(-12));
  EXPECT_THAT(read<std::int64_t>(3.0), Optional(3));
  EXPECT_THAT(read<std::int64_t>("9223372036854775807"), Optional(9223372036854775807));
  for (const char* text : {"", "1.5", "1e3", "12x", " 1", "9223372036854775808"})
    EXPECT_FALSE(read<std::int64_t>(text));
  EXPECT_FALSE(read<std::int64_t>(2.5));
  EXPECT_FALSE(read<std::int64_t>(1e300));
  EXPECT_FALSE(read<std::int64_t>(true));
}

TEST(ArgumentValues, ReadNumbersWithAPointInEveryLocale) {
  EXPECT_THAT(read<double>("5e-5"), Optional(5e-5));
  EXPECT_THAT(read<double>("2.5"), Optional(2.5));
  EXPECT_THAT(read<double>(7), Optional(7.0));
  for (const char* text : {"", "2,5", "abc", "1.0f", "1 "}) EXPECT_FALSE(read<double>(text)) << text;
  EXPECT_FALSE(read<double>(nullptr));
}

TEST(ArgumentValues, ReadTextsAndWhatAFileHoldsInTheirPlace) {
  EXPECT_THAT(read<std::string>("runs/a"), Optional(std::string("runs/a")));
  EXPECT_THAT(read<std::string>(true), Optional(std::string("true")));
  EXPECT_THAT(read<std::string>(7), Optional(std::string("7")));
  EXPECT_FALSE(read<std::string>(Value::List{}));
}

TEST(ArgumentValues, ReadListsFromListsAndBetweenCommas) {
  using Texts = std::vector<std::string>;
  EXPECT_THAT(read<Texts>("a"), Optional(ElementsAre("a")));
  EXPECT_THAT(read<Texts>("a, b,c"), Optional(ElementsAre("a", "b", "c")));
  EXPECT_THAT(read<Texts>(Value::List{"a", "b"}), Optional(ElementsAre("a", "b")));
  for (const char* text : {"", ",", "a,,b", "a,"}) EXPECT_FALSE(read<Texts>(text)) << text;
  EXPECT_FALSE(read<Texts>(Value::List{1}));
}

TEST(ArgumentValues, ReadRecordsFromJson) {
  EXPECT_THAT(read<Record>("{\"num_cycles\": 2}"), Optional(Record{{"num_cycles", 2}}));
  EXPECT_THAT(read<Record>(Record{{"a", 1}}), Optional(Record{{"a", 1}}));
  EXPECT_THAT(read<Record>("none"), Optional(Record()));
  for (const char* text : {"", "[1]", "5", "{"}) EXPECT_FALSE(read<Record>(text)) << text;
}

TEST(ArgumentValues, ReadEnumeratorsByTheReferencesNames) {
  EXPECT_THAT(read<OptimizerName>("lion_32bit"), Optional(OptimizerName::kLion));
  EXPECT_THAT(read<LrSchedulerType>("greedy"), Optional(LrSchedulerType::kGreedy));
  EXPECT_THAT(read<SaveStrategy>("best"), Optional(SaveStrategy::kBest));
  EXPECT_FALSE(read<EvalStrategy>("best"));
  EXPECT_FALSE(read<EvalStrategy>("Steps"));
  EXPECT_FALSE(read<EvalStrategy>(1));
}

TEST(ArgumentValues, ReadTokenCountingFromBooleansToo) {
  EXPECT_THAT(read<TokenCounting>(true), Optional(TokenCounting::kAll));
  EXPECT_THAT(read<TokenCounting>("false"), Optional(TokenCounting::kNo));
  EXPECT_THAT(read<TokenCounting>("non_padding"), Optional(TokenCounting::kNonPadding));
  EXPECT_FALSE(read<TokenCounting>("some"));
}

TEST(ArgumentValues, ReadNoneAsUnset) {
  for (const Value& none : {Value("none"), Value("None"), Value("null"), Value(nullptr)}) {
    std::optional<std::int64_t> number = 5;
    EXPECT_TRUE(from_value(none, number));
    EXPECT_EQ(number, std::nullopt);
  }
}

TEST(ArgumentValues, LeaveTheVariableAloneIfTheValueDoesNotFit) {
  std::optional<double> number = 5;
  EXPECT_FALSE(from_value("abc", number));
  EXPECT_THAT(number, Optional(5.0));
}

TEST(ArgumentValues, NameEachEnumeratorByItsOwnName) {
  EXPECT_EQ(enum_name(OptimizerName::kAdamwTorch), "adamw_torch");
  EXPECT_EQ(enum_name(OptimizerName::kRmsprop), "rmsprop");
  EXPECT_EQ(enum_name(LrSchedulerType::kInverseSqrt), "inverse_sqrt");
  EXPECT_EQ(enum_name(LrSchedulerType::kWarmupStableDecay), "warmup_stable_decay");
  EXPECT_EQ(enum_name(SamplingStrategy::kGroupByLength), "group_by_length");
  EXPECT_EQ(enum_name(LoggingStrategy::kEpoch), "epoch");
}

TEST(PlainNumber, IsAnIntegerWhereItIsWhole) {
  EXPECT_EQ(plain_number(500.0), Value(500));
  EXPECT_EQ(plain_number(-1.0), Value(-1));
  EXPECT_EQ(plain_number(0.5), Value(0.5));
  EXPECT_EQ(plain_number(1e300), Value(1e300));
}

}  // namespace
}  // namespace baton
