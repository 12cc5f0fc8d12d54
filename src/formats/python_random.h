// The random generators of Python and numpy, as rng_state.pth holds them: Baton draws from neither, but a training that
// goes on in Python does.
#pragma once

#include <cstdint>

#include "src/formats/pt.h"

namespace baton::pt {

/// random.getstate() after random.seed(seed).
Value python_random_state(std::int64_t seed);
/// numpy.random.get_state() after numpy.random.seed(seed), of which numpy takes 32 bits.
Value numpy_random_state(std::int64_t seed);

}  // namespace baton::pt
