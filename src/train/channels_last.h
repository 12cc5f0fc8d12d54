// What `channels_last` does to a model.
#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

namespace baton::train {

/// Lays out 4-d and 5-d parameters with channels last. A convolution with such weights gives outputs of that layout,
/// whatever its inputs have, so batches can stay as they are. Values, shapes and identities do not change.
void use_channels_last(const std::vector<at::Tensor>& parameters);

}  // namespace baton::train
