#include "baton/train/optimizer_state.h"

namespace baton {

at::Tensor ParamState::tensor(std::string_view name) const {
  for (const NamedTensor& named : tensors) {
    if (named.name == name) return named.tensor;
  }
  return {};
}

}  // namespace baton
