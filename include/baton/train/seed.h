// Seeds of LibTorch's random number generators.
#pragma once

#include <cstdint>

namespace baton {

/// Seeds the generators of all devices, as the reference's set_seed. A Trainer does so with args.seed when it is made;
/// call it before building the model if the first weights are to follow from a seed too.
void set_seed(std::int64_t seed);

}  // namespace baton
