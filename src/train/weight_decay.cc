#include "src/train/weight_decay.h"

#include <torch/nn/modules/normalization.h>

#include <algorithm>
#include <cctype>
#include <regex>

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
  for (const auto& module : model.module()->named_modules("", /*include_self=*/false)) {
    if (dynamic_cast<const torch::nn::LayerNormImpl*>(module.value().get()) != nullptr)
      layer_norms_.push_back(module.key() + ".");
  }
}

bool DecayRule::decays(std::string_view parameter) const {
  const bool in_layer_norm = std::any_of(layer_norms_.begin(), layer_norms_.end(),
                                         [&](const std::string& prefix) { return parameter.starts_with(prefix); });
  return !in_layer_norm && name_decays(parameter);
}

}  // namespace baton::train
