// What streams of the tests read.
#pragma once

#include <torch/torch.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "baton/train/stream.h"

namespace baton {

/// The numbers from 0 up to `count`.
inline NextBatch counting(std::int64_t count) {
  return [count, next = std::int64_t{0}](std::int64_t samples) mutable -> std::optional<AnyBatch> {
    const std::int64_t first = next;
    next = std::min(count, next + samples);
    if (first == next) return std::nullopt;
    return Batch{torch::arange(first, next), {}};
  };
}

}  // namespace baton
