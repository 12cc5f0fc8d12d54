// MlflowApi: calls of an MLflow server.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "baton/core/value.h"
#include "baton/track/status.h"
#include "src/net/http.h"

namespace baton::track {

struct MlflowServer {
  std::string base;  ///< without a slash at its end
  std::vector<net::Header> headers{};
  std::chrono::milliseconds time_limit{120'000};  ///< of a call, uploads excepted
};

struct MlflowAnswer {
  Status status{};
  int code = 0;              ///< of HTTP; 0: there is no answer
  std::string error_code{};  ///< RESOURCE_DOES_NOT_EXIST and so on
  Record body{};
};

class MlflowApi {
 public:
  MlflowApi(std::unique_ptr<net::Http> http, MlflowServer server);

  /// `path` begins behind /api/2.0/mlflow.
  MlflowAnswer post(std::string_view path, const Record& body) { return call("POST", path, body); }
  MlflowAnswer patch(std::string_view path, const Record& body) { return call("PATCH", path, body); }
  MlflowAnswer get(std::string_view path, const std::vector<std::pair<std::string_view, std::string_view>>& query);
  /// Puts an artifact where the server keeps those it passes on; segments of `path` need not be encoded.
  Status put(std::string_view path, std::variant<std::string, net::FilePart> content);
  void cancel() noexcept { http_->cancel(); }

 private:
  MlflowAnswer call(std::string_view method, std::string_view path, const Record& body);
  MlflowAnswer answer_to(net::HttpRequest request);

  std::unique_ptr<net::Http> http_;
  MlflowServer server_;
};

/// The record under `key`, or an empty one.
Record record_in(const Record& record, std::string_view key);
/// The list under `key`, or an empty one.
Value::List list_in(const Record& record, std::string_view key);

}  // namespace baton::track
