// Histograms as the journal keeps them.
#pragma once

#include <span>

#include "baton/core/value.h"

namespace baton::track {

/// "edges", "counts", "sum", "sum_squares" of 30 buckets of equal width; all-equal values have one bucket of no width.
/// Values that are not finite are left out.
Record histogram_of(std::span<const double> values);

}  // namespace baton::track
