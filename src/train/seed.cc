#include "baton/train/seed.h"

#include <ATen/Context.h>

#include "src/train/determinism.h"

namespace baton {

void set_seed(std::int64_t seed) { at::manual_seed(static_cast<std::uint64_t>(seed)); }

namespace train {

void use_deterministic_algorithms() {
  at::globalContext().setDeterministicAlgorithms(true, false);
  at::globalContext().setDeterministicCuDNN(true);
  at::globalContext().setBenchmarkCuDNN(false);
}

}  // namespace train
}  // namespace baton
