// Orders in which the samples of a data set are visited. They are pure functions: the global generators are neither
// read nor moved.
#pragma once

#include <cstdint>
#include <span>

#include <ATen/core/Tensor.h>

namespace baton {

/// The reference's own shuffled order: torch.randperm(samples) drawn from a CPU generator seeded with seed + epoch.
at::Tensor shuffled_order(std::int64_t samples, std::int64_t seed, std::int64_t epoch);

/// The rule of the reference's LengthGroupedSampler, on that shuffled order: it is cut into pieces of up to 50 groups
/// of `group` samples, each piece is sorted from long to short, and the longest sample of all comes first, so that
/// memory runs out early if it does. The reference itself draws from the global generator instead.
at::Tensor length_grouped_order(std::span<const std::int64_t> lengths, std::int64_t group, std::int64_t seed,
                                std::int64_t epoch);

}  // namespace baton
