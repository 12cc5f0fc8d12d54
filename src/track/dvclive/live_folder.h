// LiveFolder: the files that DVCLive keeps in its folder, metrics.json, params.yaml and plots/, grown in memory and
// written when told to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "baton/core/value.h"
#include "baton/track/tracker.h"
#include "src/base/disk.h"
#include "src/track/dvclive/metric_series.h"

namespace baton::track {

/// Methods throw FileError where they touch the disk.
class LiveFolder {
 public:
  LiveFolder(Disk& disk, std::filesystem::path folder) : disk_(disk), folder_(std::move(folder)) {}

  /// Removes DVCLive's files, whoever wrote them, and forgets everything, as a Live() does that is not to resume.
  void clear();

  void add_params(const Record& groups);
  void add_metrics(std::int64_t step, const Record& metrics, Remarks& remarks);
  /// Copies the file: plots/images/<key>/<step><ending>, which DVC shows with a slider.
  void add_image(std::int64_t step, std::string_view key, const std::filesystem::path& file, Remarks& remarks);
  /// Writes what is not in the files yet; after a FileError the rest is written the next time.
  void save();

  bool has_params() const { return !params_.empty(); }
  bool has_metrics() const { return !summary_.empty(); }
  bool has_series() const { return !series_.empty(); }
  bool has_images() const { return has_images_; }
  const std::filesystem::path& path() const { return folder_; }

 private:
  MetricSeries& series(const std::vector<std::string>& parts);

  Disk& disk_;
  std::filesystem::path folder_;
  Record params_;
  Record summary_;
  std::map<std::string, MetricSeries> series_;
  bool has_images_ = false;
  bool params_changed_ = false;
  bool summary_changed_ = false;
};

}  // namespace baton::track
