// Reads optim_args, "momentum=0.9,nesterov=true": options of an optimizer that have no argument of their own.
#pragma once

#include <string>
#include <vector>

#include "baton/core/arguments.h"
#include "baton/core/value.h"

namespace baton {

struct OptimArgs {
  Record options;                     ///< by Python's names; what is not given has the reference's default
  std::vector<std::string> problems;  ///< one line each; then the options are not to be used
};

/// Stricter than the reference, which ignores names that the optimizer does not know, and weight_decay.
OptimArgs read_optim_args(const TrainingArguments& args);

}  // namespace baton
