#include "src/core/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "baton/core/errors.h"
#include "src/base/files.h"

namespace baton {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// The path of a new file with that content, of the running test alone.
std::string file_with(const std::string& ending, const std::string& content) {
  const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string path = testing::TempDir() + "/config_file_" + name + ending;
  write_file(path, content);
  return path;
}

std::string error_of(const std::string& path) {
  try {
    read_config_file(path);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ConfigFile, ReadsJsonAndYamlByTheFilesName) {
  const Record expected{{"learning_rate", 1e-4}, {"eval_strategy", "no"}};
  EXPECT_EQ(read_config_file(file_with(".json", R"({"learning_rate": 1e-4, "eval_strategy": "no"})")), expected);
  EXPECT_EQ(read_config_file(file_with(".yaml", "learning_rate: 1e-4\neval_strategy: no\n")), expected);
  EXPECT_EQ(read_config_file(file_with(".yml", "learning_rate: 1e-4\neval_strategy: no\n")), expected);
}

TEST(ConfigFile, HasNoItemsWhenEmpty) { EXPECT_EQ(read_config_file(file_with(".yaml", "# later\n")), Record()); }

TEST(ConfigFile, NamesAFileThatCannotBeRead) {
  EXPECT_THAT(error_of("nowhere/a.json"), AllOf(HasSubstr("--config"), HasSubstr("nowhere/a.json")));
}

TEST(ConfigFile, NamesTheEndingsItKnows) {
  EXPECT_THAT(error_of("a.toml"), AllOf(HasSubstr("a.toml"), HasSubstr("*.yaml")));
}

TEST(ConfigFile, SaysWhereTheSyntaxIsWrong) {
  EXPECT_THAT(error_of(file_with(".json", "{\n  \"seed\": }")), HasSubstr("line 2"));
  EXPECT_THAT(error_of(file_with(".yml", "seed: ]")), HasSubstr("line 1"));
}

TEST(ConfigFile, RefusesAnythingButNamesWithValues) {
  EXPECT_THAT(error_of(file_with(".json", "[1, 2]")), HasSubstr("expected argument names with values"));
}

}  // namespace
}  // namespace baton
