#include "baton/train/param_groups.h"

#include <regex>
#include <unordered_set>
#include <utility>

#include "baton/core/errors.h"
#include "src/base/json.h"
#include "src/train/weight_decay.h"

namespace baton {
namespace {

/// A rule, ready to be used, and the parameters it has taken.
struct RuleInUse {
  const ParamRule& rule;
  std::regex pattern;
  ParamGroup decayed{};
  ParamGroup undecayed{};
  std::vector<at::Tensor> frozen{};

  bool is_unused() const { return decayed.params.empty() && undecayed.params.empty() && frozen.empty(); }
  void take(const at::Tensor& tensor, bool decays) {
    (rule.frozen ? frozen : decays || rule.weight_decay ? decayed.params : undecayed.params).push_back(tensor);
  }
};

RuleInUse prepared(const ParamRule& rule, double weight_decay) {
  const auto check = [&](double value, const char* what) {
    if (value >= 0.0) return;
    throw ConfigError("ParamRule \"" + rule.pattern + "\": " + what + " " + json::dump(value) + ", expected 0 or more");
  };
  check(rule.lr_factor, "lr_factor");
  check(rule.weight_decay.value_or(0.0), "weight_decay");
  try {
    return {.rule = rule,
            .pattern = std::regex(rule.pattern),
            .decayed = {.weight_decay = rule.weight_decay.value_or(weight_decay), .lr_factor = rule.lr_factor},
            .undecayed = {.lr_factor = rule.lr_factor}};
  } catch (const std::regex_error& error) {
    throw ConfigError("ParamRule \"" + rule.pattern + "\" is no regular expression: " + error.what());
  }
}

/// Each tensor once, under its first name.
std::vector<NamedTensor> distinct_parameters(const TrainingModule& model) {
  std::vector<NamedTensor> found;
  std::unordered_set<const c10::TensorImpl*> seen;
  for (const NamedTensor& named : model.named_parameters()) {
    if (seen.insert(named.tensor.unsafeGetTensorImpl()).second) found.push_back(named);
  }
  return found;
}

RuleInUse* rule_for(const std::string& name, std::vector<RuleInUse>& rules) {
  for (RuleInUse& rule : rules) {
    if (std::regex_search(name, rule.pattern)) return &rule;
  }
  return nullptr;
}

void freeze(const std::vector<at::Tensor>& tensors) {
  for (const at::Tensor& tensor : tensors) {
    tensor.mutable_grad().reset();
    tensor.set_requires_grad(false);
  }
}

}  // namespace

std::vector<ParamGroup> make_param_groups(TrainingModule& model, double weight_decay,
                                          const std::vector<ParamRule>& rules) {
  std::vector<RuleInUse> in_use;
  for (const ParamRule& rule : rules) in_use.push_back(prepared(rule, weight_decay));
  ParamGroup decayed{.weight_decay = weight_decay};
  ParamGroup undecayed;
  const train::DecayRule decay(model);
  for (const NamedTensor& named : distinct_parameters(model)) {
    const at::Tensor& tensor = named.tensor;
    const bool decays = decay.decays(named);
    RuleInUse* rule = rule_for(named.name, in_use);
    if (!tensor.requires_grad() && !(rule && rule->rule.frozen)) continue;
    rule ? rule->take(tensor, decays) : (decays ? decayed : undecayed).params.push_back(tensor);
  }
  for (const RuleInUse& rule : in_use) {
    if (rule.is_unused()) throw ConfigError("ParamRule \"" + rule.rule.pattern + "\" applies to no parameter");
  }
  std::vector<ParamGroup> groups = {std::move(decayed), std::move(undecayed)};
  for (RuleInUse& rule : in_use) {
    freeze(rule.frozen);
    for (ParamGroup* group : {&rule.decayed, &rule.undecayed}) {
      if (!group->params.empty()) groups.push_back(std::move(*group));
    }
  }
  return groups;
}

}  // namespace baton
