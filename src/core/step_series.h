// StepSeries: the updates at which something happens, a million of them in a few words.
#pragma once

#include <cstdint>
#include <vector>

namespace baton {

/// `count` updates at equal distance: first, first + every, and so on. A single one has no distance.
struct StepRun {
  std::int64_t first = 0;
  std::int64_t every = 0;
  std::int64_t count = 1;

  std::int64_t last() const { return first + every * (count - 1); }
  friend bool operator==(const StepRun&, const StepRun&) = default;
};

class StepSeries {
 public:
  /// Adds an update; they come in ascending order.
  void add(std::int64_t step);

  std::int64_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  /// The last update; there must be one.
  std::int64_t last() const { return runs_.back().last(); }
  /// Runs of three or more and what stands between them, in order.
  const std::vector<StepRun>& runs() const { return runs_; }
  friend bool operator==(const StepSeries&, const StepSeries&) = default;

 private:
  std::vector<StepRun> runs_;
  std::int64_t count_ = 0;
};

}  // namespace baton
