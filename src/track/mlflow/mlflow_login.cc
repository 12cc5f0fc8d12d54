#include "src/track/mlflow/mlflow_login.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "baton/core/errors.h"
#include "baton/version.h"
#include "src/base/files.h"
#include "src/net/url.h"

namespace baton::track {

namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

/// The value of `key` in the section [mlflow] of an INI file.
std::string ini_value(std::string_view content, std::string_view key) {
  bool in_section = false;
  while (!content.empty()) {
    const std::string_view line = trimmed(content.substr(0, content.find('\n')));
    content.remove_prefix(std::min(content.find('\n'), content.size() - 1) + 1);
    if (line.starts_with('[')) in_section = line == "[mlflow]";
    const std::size_t sign = line.find_first_of("=:");
    if (in_section && sign != std::string_view::npos && trimmed(line.substr(0, sign)) == key) {
      return std::string(trimmed(line.substr(sign + 1)));
    }
  }
  return "";
}

/// What ~/.mlflow/credentials holds; empty if it is not there or not ours to read.
std::string credentials_file(const Environment& environment) {
  try {
    return read_file(std::filesystem::path(environment.get_or("HOME", "")) / ".mlflow/credentials");
  } catch (const FileError&) {
    return "";
  }
}

/// The value of the header Authorization; empty: none.
std::string authorization(const Environment& environment) {
  const std::string file = credentials_file(environment);
  const auto known = [&](const char* variable, const char* key) {
    return std::string(trimmed(environment.get_or(variable, ini_value(file, key))));
  };
  const std::string user = known("MLFLOW_TRACKING_USERNAME", "mlflow_tracking_username");
  const std::string password = known("MLFLOW_TRACKING_PASSWORD", "mlflow_tracking_password");
  const std::string token = known("MLFLOW_TRACKING_TOKEN", "mlflow_tracking_token");
  if (!user.empty() && !password.empty()) return "Basic " + net::base64(user + ":" + password);
  return token.empty() ? "" : "Bearer " + token;
}

bool is_insecure(const Environment& environment) {
  const std::string text = environment.get_or("MLFLOW_TRACKING_INSECURE_TLS", "false");
  if (text == "true" || text == "True" || text == "1") return true;
  if (text == "false" || text == "False" || text == "0") return false;
  throw ConfigError("MLFLOW_TRACKING_INSECURE_TLS is " + text + ", expected true or false");
}

std::chrono::seconds time_limit_in(const Environment& environment) {
  const std::string text = environment.get_or("MLFLOW_HTTP_REQUEST_TIMEOUT", "120");
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size() && seconds > 0) return std::chrono::seconds(seconds);
  throw ConfigError("MLFLOW_HTTP_REQUEST_TIMEOUT is " + text + ", expected a number of seconds");
}

}  // namespace

MlflowLogin mlflow_login(const Environment& environment) {
  MlflowLogin login{.time_limit = time_limit_in(environment)};
  login.headers.push_back({"User-Agent", std::string("baton/").append(version())});
  if (std::string value = authorization(environment); !value.empty()) {
    login.headers.push_back({"Authorization", std::move(value)});
  }
  login.transport.verify_tls = !is_insecure(environment);
  login.transport.ca_file = environment.get_or("MLFLOW_TRACKING_SERVER_CERT_PATH", "");
  login.transport.client_certificate = environment.get_or("MLFLOW_TRACKING_CLIENT_CERT_PATH", "");
  if (!login.transport.verify_tls && !login.transport.ca_file.empty()) {
    throw ConfigError("MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH exclude each other");
  }
  return login;
}

std::string mlflow_user(const Environment& environment) {
  for (const char* variable : {"MLFLOW_TRACKING_USERNAME", "LOGNAME", "USER"}) {
    if (auto user = environment.get(variable)) return *user;
  }
  const passwd* const entry = getpwuid(geteuid());
  return entry == nullptr ? "unknown" : entry->pw_name;
}

}  // namespace baton::track
