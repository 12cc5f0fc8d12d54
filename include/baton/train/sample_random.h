// SampleRandom: the random numbers of one sample. They follow from seed, epoch and the sample's index alone, so they
// are the same whichever thread fetches the sample, in whatever order, and after a resume.
#pragma once

#include <cstdint>

#include <ATen/core/Generator.h>

namespace baton {

/// A uniform random bit generator: the distributions of <random> take it too. Not thread-safe.
class SampleRandom {
 public:
  using result_type = std::uint64_t;

  SampleRandom(std::int64_t seed, std::int64_t epoch, std::int64_t index);

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()();

  /// In [0, 1), with 53 random bits.
  double uniform();
  /// In [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// From 0 to count - 1, each equally likely. Throws ConfigError unless count is positive.
  std::int64_t below(std::int64_t count);
  bool chance(double probability) { return uniform() < probability; }
  /// Mean 0, standard deviation 1.
  double normal();
  /// A new generator for LibTorch's random functions. It costs microseconds: prefer the numbers above for a few draws.
  at::Generator generator();

 private:
  std::uint64_t state_;
};

}  // namespace baton
