// How a client shows an MLflow server who it is, and knows the server: by the variables of MLflow's own client and
// ~/.mlflow/credentials (mlflow.md §4).
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "baton/core/environment.h"
#include "src/net/http_curl.h"

namespace baton::track {

struct MlflowLogin {
  std::vector<net::Header> headers{};
  net::CurlOptions transport{};
  std::chrono::milliseconds time_limit{};
};

/// Throws ConfigError, without any secret in it.
MlflowLogin mlflow_login(const Environment& environment);

/// Whom runs belong to: the server's user, else the system's.
std::string mlflow_user(const Environment& environment);

}  // namespace baton::track
