#include "baton/train/sample_random.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <numbers>
#include <string>

#include "baton/core/errors.h"

namespace baton {
namespace {

constexpr std::uint64_t kGoldenRatio = 0x9e3779b97f4a7c15;  // 2^64 divided by the golden ratio: SplitMix64's step

/// SplitMix64's output function (Steele, Lea and Flood 2014): every input bit reaches every output bit.
std::uint64_t mix(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

std::uint64_t mixed_in(std::uint64_t state, std::int64_t number) {
  return mix(state + kGoldenRatio + static_cast<std::uint64_t>(number));
}

}  // namespace

SampleRandom::SampleRandom(std::int64_t seed, std::int64_t epoch, std::int64_t index)
    : state_(mixed_in(mixed_in(mixed_in(0, seed), epoch), index)) {}

SampleRandom::result_type SampleRandom::operator()() {
  state_ += kGoldenRatio;
  return mix(state_);
}

double SampleRandom::uniform() { return static_cast<double>((*this)() >> 11) * 0x1p-53; }

std::int64_t SampleRandom::below(std::int64_t count) {
  if (count < 1) throw ConfigError("SampleRandom::below(" + std::to_string(count) + "): expected at least 1");
  const auto range = static_cast<std::uint64_t>(count);
  const std::uint64_t excess = (max() % range + 1) % range;  // the last, incomplete run of remainders
  std::uint64_t bits = (*this)();
  while (bits > max() - excess) bits = (*this)();
  return static_cast<std::int64_t>(bits % range);
}

double SampleRandom::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

at::Generator SampleRandom::generator() { return at::detail::createCPUGenerator((*this)()); }

}  // namespace baton
