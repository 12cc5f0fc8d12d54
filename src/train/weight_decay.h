// Which parameters weight decay applies to: the reference's rule (hf-contract §9), kept exactly so that parameter
// indices in optimizer files agree.
#pragma once

#include <string_view>
#include <unordered_set>

#include "baton/train/training_module.h"

namespace baton::train {

/// False for names that hold "bias", "layernorm" or "rmsnorm", or have a part "norm" or one that ends in "_norm"; upper
/// and lower case are the same.
bool name_decays(std::string_view parameter);

class DecayRule {
 public:
  explicit DecayRule(TrainingModule& model);

  /// False for parameters of LayerNorm modules and for names as above.
  bool decays(const NamedTensor& parameter) const;

 private:
  std::unordered_set<const c10::TensorImpl*> in_layer_norms_;  // not by name: renamed() changes names
};

}  // namespace baton::train
