#include "src/base/float_mean.h"

#include <array>
#include <cstddef>
#include <limits>

namespace baton {
namespace {

constexpr std::int64_t kLanes = 8;
constexpr std::int64_t kBlock = 128;

class Numbers {
 public:
  explicit Numbers(std::span<const FloatRun> runs) : runs_(runs) {}

  float next() {
    while (used_ == runs_.front().count) {
      runs_ = runs_.subspan(1);
      used_ = 0;
    }
    ++used_;
    return runs_.front().value;
  }

 private:
  std::span<const FloatRun> runs_;
  std::int64_t used_ = 0;
};

float block_sum(Numbers& numbers, std::int64_t count) {
  std::int64_t rest = count;
  float sum = 0.0F;
  if (count >= kLanes) {
    std::array<float, kLanes> lane{};
    for (; rest >= kLanes; rest -= kLanes) {
      for (float& partial : lane) partial += numbers.next();
    }
    sum = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
  }
  for (; rest > 0; --rest) sum += numbers.next();
  return sum;
}

/// Halves until a block is left, so that the error grows with the logarithm of the count.
float pairwise_sum(Numbers& numbers, std::int64_t count) {
  if (count <= kBlock) return block_sum(numbers, count);
  const std::int64_t half = count / 2 / kLanes * kLanes;
  const float left = pairwise_sum(numbers, half);
  return left + pairwise_sum(numbers, count - half);
}

}  // namespace

double float_mean(std::span<const FloatRun> runs) {
  std::int64_t count = 0;
  for (const FloatRun& run : runs) count += run.count;
  if (count == 0) return std::numeric_limits<double>::quiet_NaN();
  Numbers numbers(runs);
  const double sum = pairwise_sum(numbers, count);
  return static_cast<double>(static_cast<float>(sum / static_cast<double>(count)));
}

}  // namespace baton
