// rng_state.pth: the random generators of a training, those of Python among them.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "src/formats/pt.h"
#include "src/train/rng_state.h"

namespace baton::train {

/// The entries that Baton passes on: nothing here draws from them.
struct PythonGenerators {
  pt::Value python;
  pt::Value numpy;

  /// As the reference leaves them when it begins.
  static PythonGenerators seeded(std::int64_t seed);
};

struct SavedGenerators {
  RngState torch;
  PythonGenerators python;
};

pt::Value generators_to_pt(const SavedGenerators& generators);
/// Python's own, where they are absent, stay as `python` has them. Throws CheckpointError that begins with `where` for
/// another layout.
SavedGenerators generators_from_pt(const pt::Value& value, at::Device device, PythonGenerators python,
                                   const std::string& where);

}  // namespace baton::train
