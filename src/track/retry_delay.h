// When to try again.
#pragma once

#include <chrono>

namespace baton::track {

/// Doubles from 1 s up to 2 min with the number of failures in a row (from 1), of that a share between half and all of
/// it as `random` (0 to 1) says, so that many clients do not come at once; never sooner than the server asks.
std::chrono::milliseconds retry_delay(int failures, double random, std::chrono::milliseconds retry_after);

}  // namespace baton::track
