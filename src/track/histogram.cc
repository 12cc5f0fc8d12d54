#include "src/track/histogram.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace baton::track {

Record histogram_of(std::span<const double> values) {
  constexpr std::size_t kBuckets = 30;
  std::vector<double> finite;
  std::copy_if(values.begin(), values.end(), std::back_inserter(finite), [](double v) { return std::isfinite(v); });
  if (finite.empty()) {
    return {{"edges", Value::List{}}, {"counts", Value::List{}}, {"sum", 0.0}, {"sum_squares", 0.0}};
  }
  const auto [least, most] = std::minmax_element(finite.begin(), finite.end());
  const double low = *least;
  const double width = (*most - low) / static_cast<double>(kBuckets);
  const std::size_t buckets = width > 0.0 && std::isfinite(width) ? kBuckets : 1;
  std::vector<double> counts(buckets, 0.0);
  double sum = 0.0;
  double squares = 0.0;
  for (const double value : finite) {
    const double place = buckets == 1 ? 0.0 : (value - low) / width;
    ++counts[std::min(static_cast<std::size_t>(place), buckets - 1)];
    sum += value;
    squares += value * value;
  }
  Value::List edges;
  for (std::size_t i = 0; i < buckets; ++i) edges.emplace_back(low + width * static_cast<double>(i));
  edges.emplace_back(*most);
  return {
      {"edges", edges}, {"counts", Value::List(counts.begin(), counts.end())}, {"sum", sum}, {"sum_squares", squares}};
}

}  // namespace baton::track
