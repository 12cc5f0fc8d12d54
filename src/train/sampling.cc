#include "baton/train/sampling.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randperm.h>

#include <algorithm>
#include <utility>

namespace baton {
namespace {

constexpr std::int64_t kMostGroups = 50;   // in a piece that is sorted as a whole
constexpr std::int64_t kFewestPieces = 4;  // unless there are not samples enough

}  // namespace

at::Tensor shuffled_order(std::int64_t samples, std::int64_t seed, std::int64_t epoch) {
  const auto generator = at::detail::createCPUGenerator(static_cast<std::uint64_t>(seed + epoch));
  return at::randperm(samples, generator, at::TensorOptions(at::kLong));
}

at::Tensor length_grouped_order(std::span<const std::int64_t> lengths, std::int64_t group, std::int64_t seed,
                                std::int64_t epoch) {
  const auto samples = static_cast<std::int64_t>(lengths.size());
  const std::int64_t groups = std::clamp<std::int64_t>(samples / (group * kFewestPieces), 1, kMostGroups);
  const auto length = [&](std::int64_t sample) { return lengths[static_cast<std::size_t>(sample)]; };
  at::Tensor order = shuffled_order(samples, seed, epoch);
  auto* const begin = order.mutable_data_ptr<std::int64_t>();
  std::int64_t* longest = begin;
  for (std::int64_t first = 0; first < samples; first += groups * group) {
    std::int64_t* const piece = begin + first;
    std::stable_sort(piece, begin + std::min(samples, first + groups * group),
                     [&](std::int64_t a, std::int64_t b) { return length(a) > length(b); });
    if (length(*piece) > length(*longest)) longest = piece;
  }
  if (samples > 0) std::swap(*begin, *longest);
  return order;
}

}  // namespace baton
