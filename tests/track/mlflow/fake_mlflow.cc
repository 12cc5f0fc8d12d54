#include "tests/track/mlflow/fake_mlflow.h"

#include <algorithm>

#include "src/base/files.h"
#include "src/base/json.h"
#include "src/track/text_in.h"

namespace baton::track {

namespace {

constexpr std::string_view kBase = "http://mlflow";
constexpr std::string_view kCalls = "/api/2.0/mlflow";
constexpr std::string_view kArtifacts = "/api/2.0/mlflow-artifacts/artifacts/";

net::HttpResult ok(const Record& body = {}) { return http_answer(200, json::dump(body)); }
net::HttpResult error(int status, const char* code) {
  return http_answer(status, json::dump(Record{{"error_code", code}, {"message", std::string("it is ") + code}}));
}

std::int64_t integer_in(const Record& record, std::string_view key) {
  return static_cast<std::int64_t>(record.number(key));
}

Value::List texts(const std::map<std::string, std::string>& map) {
  Value::List list;
  for (const auto& [key, value] : map) list.emplace_back(Record{{"key", key}, {"value", value}});
  return list;
}

}  // namespace

net::HttpResult http_answer(int status, std::string body, std::vector<net::Header> headers) {
  return {.response = {.status = status, .headers = std::move(headers), .body = std::move(body)}};
}

class FakeMlflow::Connection final : public net::Http {
 public:
  explicit Connection(FakeMlflow& server) : server_(server) {}
  net::HttpResult send(const net::HttpRequest& request) override { return server_.take(request); }

 private:
  FakeMlflow& server_;
};

std::unique_ptr<net::Http> FakeMlflow::http() { return std::make_unique<Connection>(*this); }

std::vector<std::string> FakeMlflow::calls() const {
  std::vector<std::string> calls;
  for (const net::HttpRequest& request : requests) {
    const std::string path = request.url.substr(kBase.size(), request.url.find('?') - kBase.size());
    calls.push_back(request.method + " " + (path.starts_with(kCalls) ? path.substr(kCalls.size()) : path));
  }
  return calls;
}

net::HttpResult FakeMlflow::take(const net::HttpRequest& request) {
  requests.push_back(request);
  const auto failure = fault ? fault(requests.size() - 1) : std::nullopt;
  if (!failure) return answer(request);
  if (does_what_it_denies) static_cast<void>(answer(request));
  return *failure;
}

net::HttpResult FakeMlflow::answer(const net::HttpRequest& request) {
  const std::string path = request.url.substr(kBase.size());
  if (path.starts_with(kArtifacts)) {
    const auto* const part = std::get_if<net::FilePart>(&request.body);
    const std::string content =
        part == nullptr ? std::get<std::string>(request.body) : read_file(part->file).substr(part->offset, part->size);
    artifacts[path.substr(kArtifacts.size())] = content;
    return ok();
  }
  const std::size_t mark = path.find('?');
  const std::string query = mark == std::string::npos ? "" : path.substr(path.find('=', mark) + 1);
  const auto& text = std::get<std::string>(request.body);
  return call(request.method + " " + path.substr(kCalls.size(), mark - kCalls.size()), query,
              text.empty() ? Record() : *json::parse(text, "request").record());
}

net::HttpResult FakeMlflow::call(const std::string& call, const std::string& query, const Record& body) {
  if (call == "GET /experiments/get-by-name") {
    if (!experiments.contains(query)) return error(404, "RESOURCE_DOES_NOT_EXIST");
    return ok({{"experiment", Record{{"experiment_id", experiments[query]}, {"lifecycle_stage", "active"}}}});
  }
  if (call == "POST /experiments/create") return create_experiment(body);
  if (call == "POST /runs/create") return create_run(body);
  if (call == "POST /runs/search") return search(body);
  if (call == "POST /runs/log-batch") return log_batch(body);
  if (call == "POST /logged-models") return create_model();
  if (call == "GET /runs/get") {
    return runs.contains(query) ? ok({{"run", run_record(query)}}) : error(404, "RESOURCE_DOES_NOT_EXIST");
  }
  if (call == "POST /runs/update") {
    Run& run = runs.at(text_in(body, "run_id"));
    run.status = text_in(body, "status");
    if (body.contains("end_time")) run.end_time = integer_in(body, "end_time");
    return ok();
  }
  if (call.starts_with("PATCH /logged-models/")) {
    models.at(text_in(body, "model_id")) = text_in(body, "status");
    return ok();
  }
  if (call == "POST /runs/outputs") {
    for (const Value& model : list_in(body, "models")) {
      outputs.emplace_back(text_in(*model.record(), "model_id"), integer_in(*model.record(), "step"));
    }
    return ok();
  }
  return error(404, "ENDPOINT_NOT_FOUND");
}

net::HttpResult FakeMlflow::create_experiment(const Record& body) {
  const std::string id = std::to_string(experiments.size());
  const bool is_new = experiments.try_emplace(text_in(body, "name"), id).second;
  return is_new ? ok({{"experiment_id", id}}) : error(400, "RESOURCE_ALREADY_EXISTS");
}

net::HttpResult FakeMlflow::create_run(const Record& body) {
  const std::string id = "run" + std::to_string(runs.size() + 1);
  Run& run = runs[id];
  run.experiment_id = text_in(body, "experiment_id");
  for (const Value& tag : list_in(body, "tags"))
    run.tags[text_in(*tag.record(), "key")] = text_in(*tag.record(), "value");
  return ok({{"run", run_record(id)}});
}

net::HttpResult FakeMlflow::search(const Record& body) {
  Value::List found;
  for (const auto& [id, run] : runs) {
    const auto tag = run.tags.find("baton.run");
    if (tag != run.tags.end() && text_in(body, "filter").find("'" + tag->second + "'") != std::string::npos) {
      found.emplace_back(run_record(id));
    }
  }
  return ok({{"runs", found}});
}

net::HttpResult FakeMlflow::log_batch(const Record& body) {
  Run run = runs.at(text_in(body, "run_id"));
  if (run.stage == "deleted") return error(400, "INVALID_PARAMETER_VALUE");
  for (const Value& item : list_in(body, "params")) {
    const std::string key = text_in(*item.record(), "key"), value = text_in(*item.record(), "value");
    if (run.params.try_emplace(key, value).first->second != value) return error(400, "INVALID_PARAMETER_VALUE");
    if (key == refused_key) return error(400, "INVALID_PARAMETER_VALUE");
  }
  for (const Value& item : list_in(body, "metrics")) {
    const Record& metric = *item.record();
    if (text_in(metric, "key") == refused_key) return error(400, "INVALID_PARAMETER_VALUE");
    run.metrics.emplace(text_in(metric, "key"), integer_in(metric, "step"), integer_in(metric, "timestamp"),
                        json::dump(*metric.find("value")));
  }
  for (const Value& tag : list_in(body, "tags"))
    run.tags[text_in(*tag.record(), "key")] = text_in(*tag.record(), "value");
  runs[text_in(body, "run_id")] = run;
  return ok();
}

net::HttpResult FakeMlflow::create_model() {
  if (!knows_models) return error(404, "ENDPOINT_NOT_FOUND");
  const std::string id = "m-" + std::to_string(models.size() + 1);
  models[id] = "LOGGED_MODEL_PENDING";
  const std::string root = "mlflow-artifacts:/0/models/" + id + "/artifacts";
  return ok({{"model", Record{{"info", Record{{"model_id", id}, {"artifact_uri", root}}}}}});
}

Record FakeMlflow::run_record(const std::string& id) const {
  const Run& run = runs.at(id);
  return {{"info", Record{{"run_id", id},
                          {"experiment_id", run.experiment_id},
                          {"lifecycle_stage", run.stage},
                          {"artifact_uri", "mlflow-artifacts:/0/" + id + "/artifacts"}}},
          {"data", Record{{"params", texts(run.params)}, {"tags", texts(run.tags)}}}};
}

}  // namespace baton::track
