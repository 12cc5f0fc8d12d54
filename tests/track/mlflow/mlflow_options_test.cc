#include "src/track/mlflow/mlflow_options.h"

#include <gtest/gtest.h>

#include "baton/core/errors.h"
#include "src/base/json.h"
#include "src/track/mlflow/make_mlflow.h"
#include "tests/fakes/error_of.h"

namespace baton::track {
namespace {

using fakes::error_of;

TEST(MlflowOptions, ComeFromTheVariablesOfTheReference) {
  const GivenEnvironment environment{{"MLFLOW_TRACKING_URI", "http://h"}, {"MLFLOW_EXPERIMENT_NAME", "e"},
                                     {"MLFLOW_EXPERIMENT_ID", "3"},       {"MLFLOW_RUN_ID", "r"},
                                     {"MLFLOW_NESTED_RUN", "yes"},        {"MLFLOW_TAGS", R"({"a": 1})"},
                                     {"MLFLOW_FLATTEN_PARAMS", "TRUE"},   {"MLFLOW_MAX_LOG_PARAMS", "20"},
                                     {"HF_MLFLOW_LOG_ARTIFACTS", "1"}};
  const MLflowOptions options = MLflowOptions::from_env(environment);
  EXPECT_EQ(options.tracking_uri, "http://h");
  EXPECT_EQ(options.experiment_name, "e");
  EXPECT_EQ(options.experiment_id, "3");
  EXPECT_EQ(options.run_id, "r");
  EXPECT_EQ(options.tags, (Record{{"a", 1}}));
  EXPECT_EQ(options.max_log_params, 20U);
  EXPECT_TRUE(options.nested && options.flatten_params && options.log_artifacts && options.ends_run);
}

TEST(MlflowOptions, WithoutVariablesThereIsNothingSpecial) {
  const MLflowOptions options = MLflowOptions::from_env(GivenEnvironment{{"MLFLOW_MAX_LOG_PARAMS", "-1"}});
  EXPECT_EQ(options.tracking_uri, "");
  EXPECT_EQ(options.max_log_params, std::nullopt) << "digits only, as in the reference";
  EXPECT_FALSE(options.nested || options.flatten_params || options.log_artifacts);
}

TEST(MlflowOptions, TagsHaveToBeAnObject) {
  for (const char* text : {"{", "[1]", "3"}) {
    const GivenEnvironment environment{{"MLFLOW_TAGS", text}};
    EXPECT_NE(error_of<ConfigError>([&] { MLflowOptions::from_env(environment); }).find("MLFLOW_TAGS"),
              std::string::npos);
  }
}

TEST(MlflowOptions, ATrackerIsMadeAgainFromItsRecord) {
  const MLflowOptions options = resolved({.experiment_name = "e",
                                          .run_id = "r",
                                          .nested = true,
                                          .ends_run = false,
                                          .tags = {{"a", 1}},
                                          .max_log_params = 5,
                                          .log_artifacts = true});
  const Record record = mlflow_options_record(options);
  EXPECT_EQ(mlflow_options_record(mlflow_options_from(record)), record);
  EXPECT_EQ(make_mlflow(record, GivenEnvironment{})->options(), record);
  EXPECT_EQ(mlflow_options_from(record).max_log_params, 5U);
}

TEST(MlflowOptions, ARecordOfAnotherShapeIsSaid) {
  EXPECT_EQ(error_of<ConfigError>([] { mlflow_options_from({{"nested", 3}}); }), "The MLflow option nested is 3");
}

TEST(MlflowOptions, NoAddressMeansAFileInTheCurrentFolder) {
  EXPECT_EQ(mlflow_place("").file, std::filesystem::current_path() / "mlflow.db");
  EXPECT_EQ(mlflow_place("sqlite:///a/../b.db").file, std::filesystem::current_path() / "b.db");
  EXPECT_EQ(mlflow_place("sqlite:////x/b.db?timeout=3").file, "/x/b.db");
  EXPECT_EQ(resolved({}).tracking_uri, "sqlite:///" + (std::filesystem::current_path() / "mlflow.db").string());
}

TEST(MlflowOptions, ServersAreTakenWithTheirPath) {
  EXPECT_EQ(mlflow_place("https://h:5000/prefix//").server, "https://h:5000/prefix");
  EXPECT_TRUE(mlflow_place("http://h").file.empty());
}

TEST(MlflowOptions, OtherPlacesAreRefusedWithAWayOut) {
  const std::pair<const char*, const char*> places[] = {{"file:///runs", "sqlite:///mlflow.db"},
                                                        {"mlruns", "sqlite:///mlflow.db"},
                                                        {"databricks://x", "expected http"},
                                                        {"sqlite:///", "expected http"},
                                                        {"http://me:hush@h", "MLFLOW_TRACKING_PASSWORD"}};
  for (const auto& [uri, advice] : places) {
    const std::string error = error_of<ConfigError>([uri = uri] { mlflow_place(uri); });
    EXPECT_NE(error.find(advice), std::string::npos) << error;
    EXPECT_EQ(error.find("hush"), std::string::npos) << error;
  }
}

TEST(MlflowOptions, OneVariableTurnsItOff) {
  EXPECT_NE(mlflow_problem(GivenEnvironment{{"DISABLE_MLFLOW_INTEGRATION", "True"}}), "");
  EXPECT_EQ(mlflow_problem(GivenEnvironment{{"DISABLE_MLFLOW_INTEGRATION", "1"}}), "") << "that word only";
  EXPECT_EQ(mlflow_problem(GivenEnvironment{}), "");
}

TEST(MlflowOptions, HoldNoSecret) {
  const GivenEnvironment environment{{"MLFLOW_TRACKING_URI", "http://h"},
                                     {"MLFLOW_TRACKING_USERNAME", "me"},
                                     {"MLFLOW_TRACKING_PASSWORD", "hush"},
                                     {"MLFLOW_TRACKING_TOKEN", "hush"}};
  const auto tracker = make_mlflow(MLflowOptions::from_env(environment), environment);
  EXPECT_EQ(json::dump(tracker->options()).find("hush"), std::string::npos);
}

}  // namespace
}  // namespace baton::track
