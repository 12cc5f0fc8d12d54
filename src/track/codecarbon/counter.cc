#include "src/track/codecarbon/counter.h"

namespace baton::track::carbon {

std::uint64_t Counter::advance(std::optional<std::uint64_t> reading) {
  was_read_ = reading.has_value();
  if (!reading) return 0;
  const std::optional<std::uint64_t> before = last_;
  last_ = reading;
  if (!before) return 0;
  if (*reading >= *before) return *reading - *before;
  return range_ >= *before ? range_ - *before + *reading : 0;
}

}  // namespace baton::track::carbon
