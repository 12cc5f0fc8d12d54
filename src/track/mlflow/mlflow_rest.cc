#include "src/track/mlflow/mlflow_rest.h"
#include "src/track/text_in.h"

#include <utility>

namespace baton::track {

namespace {

Value tags_value(const std::vector<MlflowText>& tags) {
  Value::List list;
  for (const auto& [key, value] : tags) list.emplace_back(Record{{"key", key}, {"value", value}});
  return list;
}

std::map<std::string, std::string> texts_in(const Record& data, std::string_view name) {
  std::map<std::string, std::string> texts;
  for (const Value& item : list_in(data, name)) {
    if (const Record* const text = item.record()) texts[text_in(*text, "key")] = text_in(*text, "value");
  }
  return texts;
}

/// Of {"info": {...}, "data": {...}}.
MlflowRun run_in(const Record& answer) {
  const Record info = record_in(answer, "info"), data = record_in(answer, "data");
  return {.run_id = text_in(info, "run_id"),
          .experiment_id = text_in(info, "experiment_id"),
          .artifact_uri = text_in(info, "artifact_uri"),
          .params = texts_in(data, "params"),
          .tags = texts_in(data, "tags")};
}

/// What cannot be opened will not be by sending less: a person has to look.
Status not_refused(Status status) {
  if (status.fault == Fault::kRefused) status.fault = Fault::kUnusable;
  return status;
}

}  // namespace

MlflowRest::MlflowRest(std::unique_ptr<net::Http> http, MlflowServer server)
    : api_(std::move(http), std::move(server)), artifacts_(api_, run_) {}

Status MlflowRest::open(const MlflowRunPlan& plan, MlflowRun& run) {
  run_ = {};
  Status status;
  if (plan.run_id.empty()) {
    status = find_experiment(plan, run_.experiment_id);
    if (status.ok()) status = find_run(plan, run_);
    if (status.ok() && run_.run_id.empty()) status = make_run(plan, run_);
  } else {
    status = adopt_run(plan, run_);
  }
  if (status.ok() && run_.run_id.empty()) status = Status::temporary("What answers as MLflow names no run");
  run = run_;
  return not_refused(std::move(status));
}

Status MlflowRest::find_experiment(const MlflowRunPlan& plan, std::string& id) {
  id = plan.experiment_id;
  if (id.empty() && plan.experiment_name.empty()) id = "0";
  if (!id.empty()) return {};
  const MlflowAnswer answer = api_.get("/experiments/get-by-name", {{"experiment_name", plan.experiment_name}});
  if (answer.error_code == "RESOURCE_DOES_NOT_EXIST") return make_experiment(plan.experiment_name, id);
  const Record experiment = record_in(answer.body, "experiment");
  if (text_in(experiment, "lifecycle_stage") == "deleted") {
    return Status::unusable("MLflow's experiment " + plan.experiment_name + " was deleted: restore it or name another");
  }
  id = text_in(experiment, "experiment_id");
  return answer.status;
}

Status MlflowRest::make_experiment(const std::string& name, std::string& id) {
  const MlflowAnswer answer = api_.post("/experiments/create", {{"name", name}});
  id = text_in(answer.body, "experiment_id");
  if (answer.error_code == "RESOURCE_ALREADY_EXISTS") {  // somebody else was faster
    const MlflowAnswer again = api_.get("/experiments/get-by-name", {{"experiment_name", name}});
    id = text_in(record_in(again.body, "experiment"), "experiment_id");
    return again.status;
  }
  return answer.status;
}

/// The run that an attempt before has made, whose answer did not arrive.
Status MlflowRest::find_run(const MlflowRunPlan& plan, MlflowRun& run) {
  const std::string filter = std::string("tags.`").append(kMlflowJournalTag).append("` = '" + plan.journal + "'");
  const MlflowAnswer answer = api_.post(
      "/runs/search", {{"experiment_ids", Value::List{run.experiment_id}}, {"filter", filter}, {"max_results", 1}});
  if (!answer.status.ok()) return answer.status;
  const Value::List runs = list_in(answer.body, "runs");
  if (!runs.empty() && runs.front().record() != nullptr) run = run_in(*runs.front().record());
  return {};
}

Status MlflowRest::make_run(const MlflowRunPlan& plan, MlflowRun& run) {
  std::vector<MlflowText> tags = plan.tags;
  tags.push_back({kMlflowJournalTag, plan.journal});
  Record body{{"experiment_id", run.experiment_id},
              {"start_time", plan.start_ms},
              {"user_id", plan.user},
              {"tags", tags_value(tags)}};
  if (!plan.name.empty()) body.set("run_name", plan.name);
  const MlflowAnswer answer = api_.post("/runs/create", body);
  if (answer.status.ok()) run = run_in(record_in(answer.body, "run"));
  run.is_new = true;
  return answer.status;
}

Status MlflowRest::adopt_run(const MlflowRunPlan& plan, MlflowRun& run) {
  const MlflowAnswer answer = api_.get("/runs/get", {{"run_id", plan.run_id}});
  if (!answer.status.ok()) return answer.status;
  const Record found = record_in(answer.body, "run");
  if (text_in(record_in(found, "info"), "lifecycle_stage") == "deleted") {
    return Status::unusable("MLflow's run " + plan.run_id + " was deleted: restore it or begin another");
  }
  run = run_in(found);
  return {};
}

Status MlflowRest::log(const MlflowBatch& batch) {
  return api_.post("/runs/log-batch", mlflow_log_body(run_.run_id, batch)).status;
}

Status MlflowRest::set_status(std::string_view status, std::optional<std::int64_t> end_ms) {
  Record body{{"run_id", run_.run_id}, {"status", status}};
  if (end_ms) body.set("end_time", *end_ms);
  return api_.post("/runs/update", body).status;
}

Status MlflowRest::upload(const MlflowUpload& upload, Remarks& remarks, Record& memory) {
  return artifacts_.upload(upload, remarks, memory);
}

Status MlflowRest::clear(const std::vector<MlflowText>&) {
  return Status::refused("An MLflow server takes no metrics back");
}

void MlflowRest::cancel() noexcept { api_.cancel(); }

}  // namespace baton::track
