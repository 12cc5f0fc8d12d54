// MlflowArtifacts: files and folders to where an MLflow server keeps a run's artifacts; models as it lists them since
// version 3.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "src/track/mlflow/mlflow_api.h"
#include "src/track/mlflow/mlflow_store.h"

namespace baton::track {

class MlflowArtifacts {
 public:
  /// Both must outlive this.
  MlflowArtifacts(MlflowApi& api, const MlflowRun& run) : api_(api), run_(run) {}

  Status upload(const MlflowUpload& upload, Remarks& remarks, Record& memory);

 private:
  /// A model with an id of its own, linked to the run. Refused by servers that know no such models.
  Status upload_model(const MlflowUpload& upload, Record& memory);
  Status begin_model(const MlflowUpload& upload, Record& memory);
  Status end_model(const MlflowUpload& upload, const std::string& model_id);
  /// Everything under `folder` of an artifact root. What arrived in an attempt before is left out.
  Status send_all(const MlflowUpload& upload, const std::string& folder);
  Status send_once(const std::string& path, std::variant<std::string, net::FilePart> content);

  MlflowApi& api_;
  const MlflowRun& run_;
  std::set<std::string> sent_;  ///< of an upload that is not complete
};

}  // namespace baton::track
