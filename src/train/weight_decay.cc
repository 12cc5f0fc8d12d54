#include "src/train/weight_decay.h"

#include <torch/nn/modules/normalization.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <string>

namespace baton::train {

bool name_decays(std::string_view parameter) {
  std::string name(parameter);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  static const std::regex undecayed(R"(bias|layernorm|rmsnorm|(?:^|\.)norm(?:$|\.)|_norm(?:$|\.))");
  return !std::regex_search(name, undecayed);
}

DecayRule::DecayRule(TrainingModule& model) {
  if (model.module() == nullptr) return;
  for (const auto& module : model.module()->modules(/*include_self=*/false)) {
    if (dynamic_cast<const torch::nn::LayerNormImpl*>(module.get()) == nullptr) continue;
    for (const at::Tensor& tensor : module->parameters()) in_layer_norms_.insert(tensor.unsafeGetTensorImpl());
  }
}

bool DecayRule::decays(const NamedTensor& parameter) const {
  return in_layer_norms_.count(parameter.tensor.unsafeGetTensorImpl()) == 0 && name_decays(parameter.name);
}

}  // namespace baton::train
