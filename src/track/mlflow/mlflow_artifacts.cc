#include "src/track/mlflow/mlflow_artifacts.h"
#include "src/track/text_in.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <vector>

#include "baton/version.h"

namespace baton::track {

namespace {

namespace fs = std::filesystem;

/// A model that is being uploaded, in a tracker's memory: its name, its id and where its files go.
constexpr const char* kMemory = "model";

/// Of "mlflow-artifacts:/1/run/artifacts" or "mlflow-artifacts://host/1/run/artifacts" the part behind the host.
std::optional<std::string> passed_on_path(std::string_view uri) {
  static constexpr std::string_view kScheme = "mlflow-artifacts:";
  if (!uri.starts_with(kScheme)) return std::nullopt;
  uri.remove_prefix(kScheme.size());
  if (uri.starts_with("//")) uri.remove_prefix(std::min(uri.find('/', 2), uri.size()));
  while (uri.starts_with('/')) uri.remove_prefix(1);
  return std::string(uri);
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& found : fs::recursive_directory_iterator(folder)) {
    if (found.is_regular_file()) files.push_back(found.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Names of models may not hold these.
std::string model_name(std::string name) {
  std::replace_if(
      name.begin(), name.end(),
      [](char letter) { return std::string_view("/:.%\"'").find(letter) != std::string_view::npos; }, '_');
  return name;
}

std::string mlmodel_text(const std::string& run_id, const std::string& model_id, const std::string& name) {
  std::string text = "flavors:\n  baton:\n    baton_version: '";
  text.append(version()).append("'\n    data: artifacts/").append(name);
  return text.append("\nmodel_id: ").append(model_id).append("\nrun_id: ").append(run_id).append("\n");
}

}  // namespace

Status MlflowArtifacts::upload(const MlflowUpload& upload, Remarks& remarks, Record& memory) {
  if (!passed_on_path(run_.artifact_uri)) {
    return Status::refused("This run's artifacts are kept in " + run_.artifact_uri +
                           ", which only MLflow's own client writes to: start the server with --serve-artifacts");
  }
  if (upload.is_model) {
    const Status status = upload_model(upload, memory);
    if (status.fault != Fault::kRefused) return status;
    remarks.remark("mlflow.models", "Checkpoints become artifacts of the run: " + status.reason);
  }
  Status status = send_all(upload, *passed_on_path(run_.artifact_uri));
  if (status.ok()) sent_.clear();
  return status;
}

Status MlflowArtifacts::upload_model(const MlflowUpload& upload, Record& memory) {
  if (text_in(record_in(memory, kMemory), "name") != upload.name) {
    if (Status status = begin_model(upload, memory); !status.ok()) return status;
  }
  const Record model = record_in(memory, kMemory);
  const std::string model_id = text_in(model, "model_id"), root = text_in(model, "root");
  Status status = send_once(root + "/MLmodel", mlmodel_text(run_.run_id, model_id, upload.name));
  if (status.ok()) status = send_all(upload, root + "/artifacts");
  if (status.ok()) status = end_model(upload, model_id);
  if (!status.ok()) return status;
  sent_.clear();
  memory.erase(kMemory);
  return {};
}

Status MlflowArtifacts::begin_model(const MlflowUpload& upload, Record& memory) {
  const MlflowAnswer answer = api_.post("/logged-models", {{"experiment_id", run_.experiment_id},
                                                           {"name", model_name(upload.name)},
                                                           {"model_type", ""},
                                                           {"source_run_id", run_.run_id}});
  if (!answer.status.ok()) return answer.status;
  const Record info = record_in(record_in(answer.body, "model"), "info");
  const auto root = passed_on_path(text_in(info, "artifact_uri"));
  if (!root) return Status::refused("models are kept in " + text_in(info, "artifact_uri"));
  memory.set(kMemory, Record{{"name", upload.name}, {"model_id", text_in(info, "model_id")}, {"root", *root}});
  return {};
}

Status MlflowArtifacts::end_model(const MlflowUpload& upload, const std::string& model_id) {
  const Status status =
      api_.patch("/logged-models/" + model_id, {{"model_id", model_id}, {"status", "LOGGED_MODEL_READY"}}).status;
  if (!status.ok()) return status;
  const Value::List models{Record{{"model_id", model_id}, {"step", upload.step}}};
  return api_.post("/runs/outputs", {{"run_id", run_.run_id}, {"models", models}}).status;
}

Status MlflowArtifacts::send_all(const MlflowUpload& upload, const std::string& folder) {
  const std::string top = folder + "/" + upload.name;
  if (upload.content) return send_once(top + "/" + upload.file_name, *upload.content);
  if (!fs::is_directory(upload.source)) {
    const fs::path& file = upload.source;
    const std::string name = upload.file_name.empty() ? file.filename().string() : upload.file_name;
    return send_once(top + "/" + name, net::FilePart{file, 0, fs::file_size(file)});
  }
  for (const fs::path& file : files_in(upload.source)) {
    const std::string path = top + "/" + file.lexically_relative(upload.source).generic_string();
    if (Status status = send_once(path, net::FilePart{file, 0, fs::file_size(file)}); !status.ok()) return status;
  }
  return {};
}

Status MlflowArtifacts::send_once(const std::string& path, std::variant<std::string, net::FilePart> content) {
  if (sent_.contains(path)) return {};
  Status status = api_.put(path, std::move(content));
  if (status.ok()) sent_.insert(path);
  return status;
}

}  // namespace baton::track
