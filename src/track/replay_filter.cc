#include "src/track/replay_filter.h"

#include <algorithm>
#include <cmath>

#include "src/track/metrics.h"

namespace baton::track {
namespace {

bool same_keys(const Record& a, const Record& b) {
  return a.size() == b.size() &&
         std::all_of(a.begin(), a.end(), [&](const auto& item) { return b.contains(item.first); });
}

/// NaN equals NaN here.
bool same(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number() && std::isnan(a.number()) && std::isnan(b.number())) return true;
  return a == b;
}

bool same_values(const Record& a, const Record& b) {
  return std::all_of(a.begin(), a.end(), [&](const auto& item) {
    return depends_on_clock(item.first) || same(item.second, *b.find(item.first));
  });
}

}  // namespace

void ReplayFilter::hold(const Entry& undone) { held_.emplace(std::pair(undone.kind, undone.step), undone.values); }

bool ReplayFilter::wants(const Entry& entry) {
  const auto [begin, end] = held_.equal_range({entry.kind, entry.step});
  const auto repeated =
      std::find_if(begin, end, [&](const auto& held) { return same_keys(held.second, entry.values); });
  if (repeated == end) return true;
  if (!same_values(repeated->second, entry.values)) ++differing_;
  held_.erase(repeated);
  return false;
}

}  // namespace baton::track
