#include "src/base/spelling.h"

#include <gtest/gtest.h>

namespace baton {
namespace {

const std::vector<std::string_view> kNames = {"seed", "save_steps", "per_device_train_batch_size", "batch_size_finder",
                                              "eval_strategy"};

TEST(NearestWord, FindsAMisspeltName) {
  EXPECT_EQ(nearest_word("save_stps", kNames), "save_steps");
  EXPECT_EQ(nearest_word("save_stesp", kNames), "save_steps");
  EXPECT_EQ(nearest_word("ssave_steps", kNames), "save_steps");
  EXPECT_EQ(nearest_word("evaluation_strategy", kNames), "eval_strategy");
}

TEST(NearestWord, FindsTheFirstNameThatContainsTheWord) {
  EXPECT_EQ(nearest_word("batch_size", kNames), "per_device_train_batch_size");
}

TEST(NearestWord, FindsNothingForAWordLikeNoOther) {
  EXPECT_EQ(nearest_word("quux", kNames), "");
  EXPECT_EQ(nearest_word("e", kNames), "");
  EXPECT_EQ(nearest_word("", kNames), "");
  EXPECT_EQ(nearest_word("seed", {}), "");
}

}  // namespace
}  // namespace baton
