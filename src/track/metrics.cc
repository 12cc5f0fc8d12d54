#include "src/track/metrics.h"

#include <algorithm>
#include <array>

namespace baton::track {

std::optional<double> scalar_of(const Value& value) {
  if (value.is_number() || value.boolean() != nullptr) return value.number();
  return std::nullopt;
}

std::string prefixed_key(std::string_view key) {
  for (const std::string_view part : {"eval", "test"}) {
    if (key.starts_with(part) && key.substr(part.size()).starts_with('_')) {
      return std::string(part).append("/").append(key.substr(part.size() + 1));
    }
  }
  return std::string("train/").append(key);
}

bool is_summary_key(std::string_view key) {
  static constexpr std::array<std::string_view, 5> kKeys{"train_runtime", "train_samples_per_second",
                                                         "train_steps_per_second", "train_loss", "total_flos"};
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

bool depends_on_clock(std::string_view key) {
  return key.ends_with("_runtime") || key.ends_with("_per_second") || key.ends_with("_time") ||
         key.starts_with("system/") || key.starts_with("codecarbon");
}

}  // namespace baton::track
