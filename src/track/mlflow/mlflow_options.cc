#include "src/track/mlflow/mlflow_options.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include "baton/core/errors.h"
#include "src/base/json.h"
#include "src/net/url.h"

namespace baton {

namespace {

std::optional<std::size_t> count_in(const std::string& text) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return count;
}

Record tags_in(const std::string& text) {
  if (text.empty()) return {};
  try {
    const Value value = json::parse(text, "MLFLOW_TAGS");
    if (value.record() != nullptr) return *value.record();
  } catch (const JsonError& error) {
    throw ConfigError(error.what());
  }
  throw ConfigError("MLFLOW_TAGS is no JSON object such as {\"team\": \"vision\"}: " + text);
}

}  // namespace

MLflowOptions MLflowOptions::from_env(const Environment& environment) {
  return {.tracking_uri = environment.get_or("MLFLOW_TRACKING_URI", ""),
          .experiment_name = environment.get_or("MLFLOW_EXPERIMENT_NAME", ""),
          .experiment_id = environment.get_or("MLFLOW_EXPERIMENT_ID", ""),
          .run_id = environment.get_or("MLFLOW_RUN_ID", ""),
          .nested = environment.is_true("MLFLOW_NESTED_RUN"),
          .tags = tags_in(environment.get_or("MLFLOW_TAGS", "")),
          .flatten_params = environment.is_true("MLFLOW_FLATTEN_PARAMS"),
          .max_log_params = count_in(environment.get_or("MLFLOW_MAX_LOG_PARAMS", "")),
          .log_artifacts = environment.is_true("HF_MLFLOW_LOG_ARTIFACTS")};
}

namespace track {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSqlite = "sqlite:///";

[[noreturn]] void refuse(std::string_view uri, const char* why) {
  throw ConfigError("MLFLOW_TRACKING_URI is " + net::shown_url(uri) + ": " + why);
}

/// Each option with its name in a record.
template <class Options, class Take>
void each_option(Options& options, const Take& take) {
  take("tracking_uri", options.tracking_uri);
  take("experiment_name", options.experiment_name);
  take("experiment_id", options.experiment_id);
  take("run_id", options.run_id);
  take("nested", options.nested);
  take("ends_run", options.ends_run);
  take("source_name", options.source_name);
  take("tags", options.tags);
  take("flatten_params", options.flatten_params);
  take("log_artifacts", options.log_artifacts);
}

}  // namespace

MlflowPlace mlflow_place(const std::string& tracking_uri) {
  const std::string uri = tracking_uri.empty() ? "sqlite:///mlflow.db" : tracking_uri;
  if (uri.starts_with("http://") || uri.starts_with("https://")) {
    if (net::has_user(uri)) {
      refuse(uri,
             "give user and password in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, not in the address");
    }
    return {.server = uri.substr(0, uri.find_last_not_of('/') + 1)};
  }
  if (uri.starts_with(kSqlite) && uri.size() > kSqlite.size()) {
    const std::string file = uri.substr(kSqlite.size(), uri.find('?') - kSqlite.size());
    return {.file = fs::absolute(file).lexically_normal()};
  }
  if (uri.starts_with("file:") || uri.find(':') == std::string::npos) {
    refuse(
        uri,
        "MLflow itself has given file stores up; use sqlite:///mlflow.db, and `mlflow migrate-filestore` for old runs");
  }
  refuse(uri, "expected http://..., https://... or sqlite:///FILE");
}

MLflowOptions resolved(MLflowOptions options) {
  const MlflowPlace place = mlflow_place(options.tracking_uri);
  options.tracking_uri = place.file.empty() ? place.server : std::string(kSqlite) + place.file.string();
  if (options.source_name.empty()) {
    std::error_code ignored;
    options.source_name = fs::read_symlink("/proc/self/exe", ignored).string();
  }
  return options;
}

Record mlflow_options_record(const MLflowOptions& options) {
  Record record;
  each_option(options, [&](const char* name, const auto& value) { record.set(name, value); });
  if (options.max_log_params) record.set("max_log_params", static_cast<std::int64_t>(*options.max_log_params));
  return record;
}

MLflowOptions mlflow_options_from(const Record& record) {
  MLflowOptions options;
  each_option(options, [&](const char* name, auto& option) {
    using Option = std::decay_t<decltype(option)>;
    const Value* const value = record.find(name);
    if (value == nullptr) return;
    const Option* held = nullptr;
    if constexpr (std::is_same_v<Option, std::string>) held = value->text();
    if constexpr (std::is_same_v<Option, bool>) held = value->boolean();
    if constexpr (std::is_same_v<Option, Record>) held = value->record();
    if (held == nullptr) throw ConfigError(std::string("The MLflow option ") + name + " is " + json::dump(*value));
    option = *held;
  });
  if (const Value* const most = record.find("max_log_params"); most != nullptr && most->integer() != nullptr) {
    options.max_log_params = static_cast<std::size_t>(*most->integer());
  }
  return options;
}

}  // namespace track
}  // namespace baton
