// MlflowStore: where MLflow keeps runs: a server, or a file of its own format.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "baton/track/status.h"
#include "baton/track/tracker.h"
#include "src/track/mlflow/mlflow_batch.h"

namespace baton::track {

/// The tag that tells which journal a run was made for.
inline constexpr const char* kMlflowJournalTag = "baton.run";

struct MlflowRunPlan {
  std::string run_id{};           ///< goes on with this one; empty: with that of the journal, or a new one
  std::string journal{};          ///< RunInfo::id
  std::string experiment_id{};    ///< empty: by its name
  std::string experiment_name{};  ///< made if it is not there; empty, too: "Default"
  std::string name{};
  std::string user{};
  std::int64_t start_ms = 0;
  std::vector<MlflowText> tags{};
};

struct MlflowRun {
  std::string run_id{};
  std::string experiment_id{};
  std::string artifact_uri{};
  std::map<std::string, std::string> params{};
  std::map<std::string, std::string> tags{};
  bool is_new = false;  ///< was not there before
};

struct MlflowUpload {
  std::filesystem::path source{};        ///< a file or folder
  std::optional<std::string> content{};  ///< of a file, in place of a source
  std::string name{};                    ///< checkpoint-8; the source comes under it
  std::string file_name{};               ///< there, of a file; empty: the source's
  bool is_model = false;
  std::int64_t step = 0;
};

/// For one thread at a time, open() first.
class MlflowStore {
 public:
  virtual ~MlflowStore() = default;

  virtual RewindMeans rewind_means() const = 0;
  /// Finds or makes the run, which gets the plan's tags. Again after a fault of anything else.
  virtual Status open(const MlflowRunPlan& plan, MlflowRun& run) = 0;
  /// All of it or, with a fault, perhaps parts, which may be written again. `batch` fits.
  virtual Status log(const MlflowBatch& batch) = 0;
  /// RUNNING, FINISHED, FAILED or KILLED.
  virtual Status set_status(std::string_view status, std::optional<std::int64_t> end_ms) = 0;
  /// `memory` keeps what a second attempt, in another process, has to know.
  virtual Status upload(const MlflowUpload& upload, Remarks& remarks, Record& memory) = 0;
  /// With kRebuild: takes the run's metrics away, and sets the tags.
  virtual Status clear(const std::vector<MlflowText>& tags) = 0;
  /// From any thread, for good: what waits for a server ends soon.
  virtual void cancel() noexcept {}
};

}  // namespace baton::track
