#include "baton/train/functional.h"

#include <ATen/core/grad_mode.h>

#include "baton/core/errors.h"

namespace baton::detail {

LooseTensors::LooseTensors(std::vector<NamedTensor> parameters) : parameters_(std::move(parameters)) {
  if (parameters_.empty()) throw ConfigError("functional: there are no parameters, expected at least one tensor");
  for (const auto& [name, tensor] : parameters_) {
    if (tensor.defined() && tensor.is_leaf() && tensor.requires_grad()) continue;
    const char* found = !tensor.defined()         ? "is undefined"
                        : !tensor.requires_grad() ? "does not require gradients"
                                                  : "is computed from others";
    throw ConfigError(std::string("functional: parameter \"").append(name) + "\" " + found +
                      ", expected a tensor such as torch::zeros({3}, torch::requires_grad())");
  }
}

void LooseTensors::to(at::Device device) {
  const at::NoGradGuard no_grad;
  for (NamedTensor& parameter : parameters_) parameter.tensor.set_data(parameter.tensor.to(device));
}

}  // namespace baton::detail
