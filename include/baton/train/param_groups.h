// Which parameters are trained, and with which options: the reference's rule for weight decay, and rules of one's own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "baton/train/optimizer.h"
#include "baton/train/training_module.h"

namespace baton {

/// For parameters whose name contains a match of `pattern`; of several rules the first that matches counts.
struct ParamRule {
  std::string pattern;                   ///< ECMAScript regular expression: "^backbone\\.", "bias$"
  double lr_factor = 1.0;                ///< times the schedule's rate
  std::optional<double> weight_decay{};  ///< for all of them; unset: as without the rule
  bool frozen = false;                   ///< not trained at all; the rest of the rule does not matter then
};

/// The groups of the reference, whose order numbers the parameters in optimizer files: first those that decay, then
/// those that do not (LayerNorm modules, names with "bias" or a norm in them). After these, rule by rule, the
/// parameters that a rule took out of them, in one group if the rule says how they decay, else in two. Parameters that
/// do not require gradients are in none.
///
/// Frozen parameters stop requiring gradients and lose those they have; a rule never makes one trainable again. Throws
/// ConfigError, before it changes anything, for a pattern that is no regular expression, for a rule that no parameter
/// is left for, and for a negative factor or decay.
std::vector<ParamGroup> make_param_groups(TrainingModule& model, double weight_decay,
                                          const std::vector<ParamRule>& rules = {});

}  // namespace baton
