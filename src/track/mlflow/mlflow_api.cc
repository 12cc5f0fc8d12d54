#include "src/track/mlflow/mlflow_api.h"

#include "src/base/json.h"
#include "src/net/url.h"
#include "src/track/http_status.h"
#include "src/track/text_in.h"

namespace baton::track {

namespace {

constexpr const char* kCalls = "/api/2.0/mlflow";
constexpr const char* kArtifacts = "/api/2.0/mlflow-artifacts/artifacts/";

/// The object in an answer; nothing if it holds none.
std::optional<Record> object_in(const std::string& body) {
  try {
    const Value value = json::parse(body, "answer");
    if (value.record() != nullptr) return *value.record();
  } catch (const JsonError&) {  // of a proxy, or no MLflow at all
  }
  return std::nullopt;
}

}  // namespace

Record record_in(const Record& record, std::string_view key) {
  const Value* const found = record.find(key);
  return found == nullptr || found->record() == nullptr ? Record() : *found->record();
}

Value::List list_in(const Record& record, std::string_view key) {
  const Value* const found = record.find(key);
  return found == nullptr || found->list() == nullptr ? Value::List() : *found->list();
}

MlflowApi::MlflowApi(std::unique_ptr<net::Http> http, MlflowServer server)
    : http_(std::move(http)), server_(std::move(server)) {}

MlflowAnswer MlflowApi::get(std::string_view path,
                            const std::vector<std::pair<std::string_view, std::string_view>>& query) {
  return answer_to({.url = (server_.base + kCalls).append(path).append("?").append(net::query_text(query))});
}

MlflowAnswer MlflowApi::call(std::string_view method, std::string_view path, const Record& body) {
  return answer_to({.method = std::string(method),
                    .url = (server_.base + kCalls).append(path),
                    .content_type = "application/json",
                    .body = json::dump(body)});
}

MlflowAnswer MlflowApi::answer_to(net::HttpRequest request) {
  request.headers = server_.headers;
  request.time_limit = server_.time_limit;
  const net::HttpResult result = http_->send(request);
  MlflowAnswer answer{.status = status_of(result, "MLflow"), .code = result.response.status};
  auto object = object_in(result.response.body);
  if (object) {
    answer.error_code = text_in(*object, "error_code");
    answer.body = std::move(*object);
  } else if (answer.status.ok()) {
    answer.status = Status::temporary("What answers at " + net::shown_url(request.url) + " is no MLflow server");
  }
  return answer;
}

Status MlflowApi::put(std::string_view path, std::variant<std::string, net::FilePart> content) {
  return status_of(http_->send({.method = "PUT",
                                .url = server_.base + kArtifacts + net::percent_encoded_path(path),
                                .headers = server_.headers,
                                .content_type = "application/octet-stream",
                                .body = std::move(content)}),
                   "MLflow");
}

}  // namespace baton::track
