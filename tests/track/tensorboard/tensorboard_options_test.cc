#include <gtest/gtest.h>

#include "baton/track/tensorboard.h"

namespace baton {
namespace {

std::filesystem::path folder_from(const GivenEnvironment& environment) {
  return TensorBoardOptions::from_env(environment).logging_dir;
}

TEST(TensorBoardOptions, ComeFromTheEnvironment) {
  EXPECT_EQ(folder_from({}), "");
  EXPECT_EQ(folder_from({{"TENSORBOARD_LOGGING_DIR", "logs/a"}}), "logs/a");
  EXPECT_EQ(folder_from({{"TENSORBOARD_LOGGING_DIR", "~/logs"}, {"HOME", "/h"}}), "/h/logs");
  EXPECT_EQ(folder_from({{"TENSORBOARD_LOGGING_DIR", "~"}, {"HOME", "/h"}}), "/h");
  EXPECT_EQ(folder_from({{"TENSORBOARD_LOGGING_DIR", "~other/logs"}, {"HOME", "/h"}}), "~other/logs");
}

}  // namespace
}  // namespace baton
