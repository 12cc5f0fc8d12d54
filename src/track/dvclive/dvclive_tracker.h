// DVCLiveTracker: a run as DVCLive would have written it. Each process writes the files anew from the journal, so they
// hold what counts, wherever the one before was killed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "baton/core/environment.h"
#include "baton/track/dvclive.h"
#include "baton/track/tracker.h"
#include "src/base/disk.h"
#include "src/track/dvclive/dvc_repository.h"
#include "src/track/dvclive/experiment.h"
#include "src/track/dvclive/live_folder.h"

namespace baton::track {

/// With absolute paths. Throws ConfigError.
DVCLiveOptions resolved(DVCLiveOptions options);
/// For Tracker::options(). `options` are resolved.
Record to_record(const DVCLiveOptions& options);
/// For the registry. Throws ConfigError.
std::unique_ptr<Tracker> make_dvclive(const Record& options, const Environment& environment);

class DVCLiveTracker final : public Tracker {
 public:
  /// Throws ConfigError.
  DVCLiveTracker(DVCLiveOptions options, std::unique_ptr<Disk> disk);

  std::string name() const override { return "dvclive"; }
  Record options() const override { return to_record(options_); }
  RewindMeans rewind_means() const override { return RewindMeans::kRebuild; }
  bool takes_artifacts() const override { return options_.log_model != DVCLiveLogModel::kNone; }

  Status start(const RunInfo& run, Remarks& remarks, Record& memory) override;
  std::optional<Position> stored() override { return stored_; }
  Delivery write(std::span<const Entry> entries) override;
  Status reset(const Entry& rewind) override;
  Status finish(RunStatus status, std::int64_t time_ns) override;

 private:
  Status guarded(const std::function<void()>& work);
  void open();
  void find_repository(const std::optional<GitHead>& head);
  void begin_experiment(const std::optional<GitHead>& head);
  std::string choose_name(const Experiment& experiment);

  void apply(const Entry& entry);
  void keep(const Entry& artifact);
  void save();
  Record dvc_yaml_entries() const;
  void save_dvc_yaml();
  void commit_experiment(std::int64_t time_ns);
  std::string relative_path(const std::filesystem::path& path) const;

  DVCLiveOptions options_;
  std::unique_ptr<Disk> disk_;
  LiveFolder live_;
  const RunInfo* run_ = nullptr;
  Remarks* remarks_ = nullptr;
  Record* memory_ = nullptr;

  std::optional<DvcRepository> repository_;  ///< of artifacts and marks
  std::optional<Experiment> experiment_;     ///< that finish() saves
  bool is_open_ = false;
  Position applied_;  ///< of the last entry that the files in memory hold
  Position stored_;   ///< and of the last one in the files on the disk
  std::int64_t step_ = 0;
  Record artifacts_;  ///< for dvc.yaml
  Record written_;    ///< the entries that dvc.yaml holds
};

}  // namespace baton::track
