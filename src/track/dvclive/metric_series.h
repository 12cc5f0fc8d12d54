// MetricSeries: plots/metrics/<name>.tsv, the values of one metric by step.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "src/base/disk.h"

namespace baton::track {

class MetricSeries {
 public:
  /// `column` is the header of the values, the last part of the metric's name.
  MetricSeries(std::filesystem::path file, std::string_view column);

  /// A step has one row: of several values the last one counts.
  void add(std::int64_t step, std::string_view value);
  /// Writes the rows that are not in the file yet, at once. After a FileError the next save() begins where this one
  /// did.
  void save(Disk& disk);

 private:
  std::filesystem::path file_;
  std::string unsaved_;
  std::uint64_t saved_ = 0;     ///< bytes of the file that count
  std::uint64_t last_row_ = 0;  ///< where it begins, in the file and unsaved_ taken together
  std::int64_t last_step_ = 0;
  bool has_rows_ = false;
  bool must_cut_ = false;  ///< the file may be longer than saved_
};

}  // namespace baton::track
