// OptimizerState: what a checkpoint keeps of an optimizer, in the layout and with the names of Python's state_dict().
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "baton/core/value.h"
#include "baton/train/training_module.h"

namespace baton {

/// What is remembered of one parameter. Python keeps both kinds in one dictionary; one nested in it, such as
/// bitsandbytes makes around its tensors, counts as part of it.
struct ParamState {
  std::vector<NamedTensor> tensors;  ///< "exp_avg", "step" and so on
  Record numbers;                    ///< "step" where Python keeps it as an integer

  /// Undefined if there is none of that name.
  at::Tensor tensor(std::string_view name) const;
};

struct OptimizerState {
  std::map<std::int64_t, ParamState> params;  ///< by index, counted through all groups; only those with a memory
  std::vector<Record> groups;                 ///< options, the "params" of a group (indices) among them
};

}  // namespace baton
