#include "baton/core/environment.h"

#include <gtest/gtest.h>

namespace baton {
namespace {

TEST(Environment, EmptyVariablesCountAsAbsent) {
  const GivenEnvironment environment{{"EMPTY", ""}, {"SET", "x"}};
  EXPECT_EQ(environment.get("EMPTY"), std::nullopt);
  EXPECT_EQ(environment.get("ABSENT"), std::nullopt);
  EXPECT_EQ(environment.get("SET"), "x");
  EXPECT_EQ(environment.get_or("EMPTY", "other"), "other");
}

TEST(Environment, TheReferencesWordsAreTrue) {
  for (const char* word : {"1", "ON", "yes", "True"}) EXPECT_TRUE((GivenEnvironment{{"X", word}}).is_true("X")) << word;
  for (const char* word : {"0", "y", "2", "enabled"})
    EXPECT_FALSE((GivenEnvironment{{"X", word}}).is_true("X")) << word;
}

TEST(Environment, TheProcessHasItsOwn) {
  EXPECT_TRUE(ProcessEnvironment().get("PATH").has_value());
  EXPECT_EQ(ProcessEnvironment().get("BATON_TEST_OF_AN_ABSENT_VARIABLE"), std::nullopt);
}

}  // namespace
}  // namespace baton
