#include "src/track/mlflow/mlflow_login.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "tests/fakes/error_of.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::track {
namespace {

std::string authorization(const Environment& environment) {
  for (const net::Header& header : mlflow_login(environment).headers) {
    if (header.name == "Authorization") return header.value;
  }
  return "none";
}

TEST(MlflowLogin, UserAndPasswordGoBeforeAToken) {
  EXPECT_EQ(authorization(GivenEnvironment{{"MLFLOW_TRACKING_USERNAME", "me"},
                                           {"MLFLOW_TRACKING_PASSWORD", "pass"},
                                           {"MLFLOW_TRACKING_TOKEN", "token"}}),
            "Basic bWU6cGFzcw==");
  EXPECT_EQ(authorization(GivenEnvironment{{"MLFLOW_TRACKING_USERNAME", "me"}, {"MLFLOW_TRACKING_TOKEN", " t\n"}}),
            "Bearer t");
  EXPECT_EQ(authorization(GivenEnvironment{}), "none");
}

TEST(MlflowLogin, TheCredentialsFileFillsGaps) {
  const fakes::TemporaryFolder home;
  std::filesystem::create_directory(home.path() / ".mlflow");
  write_file(home.path() / ".mlflow/credentials",
             "[other]\nmlflow_tracking_username = no\n\n[mlflow]\n# who\nmlflow_tracking_username = me\n"
             "mlflow_tracking_password: pass\n");
  EXPECT_EQ(authorization(GivenEnvironment{{"HOME", home.path().string()}}), "Basic bWU6cGFzcw==");
  EXPECT_EQ(authorization(GivenEnvironment{{"HOME", home.path().string()}, {"MLFLOW_TRACKING_PASSWORD", "word"}}),
            "Basic bWU6d29yZA==");
}

TEST(MlflowLogin, CertificatesAreTakenFromTheVariables) {
  const net::CurlOptions options = mlflow_login(GivenEnvironment{{"MLFLOW_TRACKING_SERVER_CERT_PATH", "/ca.pem"},
                                                                 {"MLFLOW_TRACKING_CLIENT_CERT_PATH", "/me.pem"}})
                                       .transport;
  EXPECT_EQ(options.ca_file, "/ca.pem");
  EXPECT_EQ(options.client_certificate, "/me.pem");
  EXPECT_TRUE(options.verify_tls);
  EXPECT_FALSE(mlflow_login(GivenEnvironment{{"MLFLOW_TRACKING_INSECURE_TLS", "true"}}).transport.verify_tls);
}

TEST(MlflowLogin, SenselessSettingsAreSaid) {
  const auto error = [](const GivenEnvironment& environment) {
    return fakes::error_of<ConfigError>([&] { mlflow_login(environment); });
  };
  EXPECT_EQ(error({{"MLFLOW_TRACKING_INSECURE_TLS", "maybe"}}),
            "MLFLOW_TRACKING_INSECURE_TLS is maybe, expected true or false");
  EXPECT_NE(error({{"MLFLOW_TRACKING_INSECURE_TLS", "1"}, {"MLFLOW_TRACKING_SERVER_CERT_PATH", "x"}}).find("exclude"),
            std::string::npos);
  EXPECT_NE(error({{"MLFLOW_HTTP_REQUEST_TIMEOUT", "0"}}).find("seconds"), std::string::npos);
}

TEST(MlflowLogin, TheUserIsTheServersOrTheSystems) {
  EXPECT_EQ(mlflow_user(GivenEnvironment{{"MLFLOW_TRACKING_USERNAME", "a"}, {"USER", "b"}}), "a");
  EXPECT_EQ(mlflow_user(GivenEnvironment{{"USER", "b"}}), "b");
  EXPECT_NE(mlflow_user(GivenEnvironment{}), "");
}

}  // namespace
}  // namespace baton::track
