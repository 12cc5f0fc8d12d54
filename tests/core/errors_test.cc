#include "baton/core/errors.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace baton {
namespace {

TEST(ConfigError, SaysOneProblemAsItIs) {
  EXPECT_STREQ(ConfigError("max_steps is 0, expected -1 or more").what(), "max_steps is 0, expected -1 or more");
}

TEST(ConfigError, ListsSeveralProblemsOneALine) {
  const ConfigError error(std::vector<std::string>{"first", "second"});
  EXPECT_STREQ(error.what(), "2 problems:\n  - first\n  - second");
  EXPECT_EQ(error.problems(), (std::vector<std::string>{"first", "second"}));
}

TEST(ConfigError, KeepsASingleProblemInItsList) {
  EXPECT_EQ(ConfigError("only").problems(), std::vector<std::string>{"only"});
}

TEST(Errors, AreCaughtAsTheirBases) {
  EXPECT_TRUE((std::is_base_of_v<CheckpointError, StateError>)) << "a bad state file is a bad checkpoint";
  EXPECT_FALSE((std::is_base_of_v<CheckpointError, ConfigError>));
  EXPECT_THROW(throw MissingMetricError("no eval_loss"), Error);
  EXPECT_THROW(throw OutOfMemoryError("8 GB"), std::runtime_error);
}

}  // namespace
}  // namespace baton
