#include "src/train/weight_decay.h"

#include <torch/nn/modules/normalization.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <unordered_set>

namespace baton::train {
namespace {

std::vector<std::string> layer_norm_prefixes(TrainingModule& model) {
  std::vector<std::string> prefixes;
  if (model.module() == nullptr) return prefixes;
  for (const auto& module : model.module()->named_modules("", /*include_self=*/false)) {
    if (dynamic_cast<const torch::nn::LayerNormImpl*>(module.value().get()) != nullptr)
      prefixes.push_back(module.key() + ".");
  }
  return prefixes;
}

}  // namespace

bool name_decays(std::string_view parameter) {
  std::string name(parameter);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  static const std::regex undecayed(R"(bias|layernorm|rmsnorm|(?:^|\.)norm(?:$|\.)|_norm(?:$|\.))");
  return !std::regex_search(name, undecayed);
}

std::vector<ParamGroup> decay_groups(TrainingModule& model, double weight_decay) {
  const std::vector<std::string> prefixes = layer_norm_prefixes(model);
  const auto in_layer_norm = [&](const std::string& name) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const std::string& prefix) { return name.rfind(prefix, 0) == 0; });
  };
  ParamGroup decayed{.weight_decay = weight_decay};
  ParamGroup undecayed;
  std::unordered_set<const c10::TensorImpl*> seen;
  for (const auto& [name, tensor] : model.named_parameters()) {
    if (!tensor.requires_grad() || !seen.insert(tensor.unsafeGetTensorImpl()).second) continue;
    (name_decays(name) && !in_layer_norm(name) ? decayed : undecayed).params.push_back(tensor);
  }
  return {std::move(decayed), std::move(undecayed)};
}

}  // namespace baton::train
