#include "src/core/step_series.h"

namespace baton {

void StepSeries::add(std::int64_t step) {
  ++count_;
  if (runs_.empty()) {
    runs_.push_back({.first = step});
    return;
  }
  StepRun& run = runs_.back();
  const std::int64_t distance = step - run.last();
  if (run.count == 1 || distance == run.every) {
    run.every = distance;
    ++run.count;
  } else if (run.count == 2) {  // its second step may begin the regular part, as in 1, 500, 1000, 1500
    const std::int64_t second = run.last();
    run = {.first = run.first};
    runs_.push_back({.first = second, .every = distance, .count = 2});
  } else {
    runs_.push_back({.first = step});
  }
}

}  // namespace baton
