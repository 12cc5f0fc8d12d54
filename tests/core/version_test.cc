#include "baton/version.h"

#include <gtest/gtest.h>

#include <regex>
#include <string>

TEST(Version, IsThreeNumbersWithDots) {
  const std::string text(baton::version());
  EXPECT_TRUE(std::regex_match(text, std::regex(R"(\d+\.\d+\.\d+)"))) << text;
}
