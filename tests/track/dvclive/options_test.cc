#include <gtest/gtest.h>

#include "baton/core/errors.h"
#include "baton/track/dvclive.h"
#include "src/track/dvclive/dvclive_tracker.h"
#include "tests/fakes/error_of.h"

namespace baton::track {
namespace {

TEST(DVCLiveOptions, LogModelIsReadAsInTheReference) {
  const std::pair<const char*, DVCLiveLogModel> words[] = {
      {"TRUE", DVCLiveLogModel::kModel}, {"1", DVCLiveLogModel::kModel},    {"all", DVCLiveLogModel::kAll},
      {"ALL", DVCLiveLogModel::kAll},    {"false", DVCLiveLogModel::kNone}, {"", DVCLiveLogModel::kNone}};
  for (const auto& [word, expected] : words) {
    const GivenEnvironment environment{{"HF_DVCLIVE_LOG_MODEL", word}};
    EXPECT_EQ(DVCLiveOptions::from_env(environment).log_model, expected) << word;
  }
}

TEST(DVCLiveOptions, VariablesOfDvcAreRead) {
  const DVCLiveOptions options =
      DVCLiveOptions::from_env(GivenEnvironment{{"DVC_EXP_NAME", "it"}, {"DVC_ROOT", "/somewhere"}});
  EXPECT_EQ(options.exp_name, "it");
  EXPECT_EQ(options.pipeline_root, "/somewhere");
}

TEST(DVCLiveOptions, ATrackerIsMadeAgainFromItsOptions) {
  DVCLiveOptions options;
  options.log_model = DVCLiveLogModel::kAll;
  options.save_dvc_exp = false;
  options.exp_name = "it";
  options.exp_message = "why";
  const DVCLiveTracker tracker(options, std::make_unique<Disk>());
  const auto again = make_dvclive(tracker.options(), GivenEnvironment{});
  EXPECT_EQ(again->options(), tracker.options());
  EXPECT_EQ(again->options().find("dir")->text()->front(), '/');
  EXPECT_TRUE(again->takes_artifacts());
}

TEST(DVCLiveOptions, AnotherNameThanDvcYamlIsRefused) {
  DVCLiveOptions options;
  options.dvcyaml = "other.yaml";
  const std::string error = fakes::error_of<ConfigError>([&] { DVCLiveTracker(options, std::make_unique<Disk>()); });
  EXPECT_NE(error.find("other.yaml"), std::string::npos);
}

TEST(DVCLiveOptions, ARecordWithoutAFolderIsRefused) {
  EXPECT_THROW(make_dvclive({}, GivenEnvironment{}), ConfigError);
}

}  // namespace
}  // namespace baton::track
