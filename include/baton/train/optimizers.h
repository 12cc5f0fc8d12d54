// The optimizers there are: the reference's by their names, and any of LibTorch's.
#pragma once

#include <memory>
#include <vector>

#include "baton/train/optimizer.h"

namespace torch::optim {
class Optimizer;
}

namespace baton {

struct ResolvedArguments;

/// The optimizer that `args.optim` names, configured as the reference does it: betas and epsilon of adamw_torch and
/// adamw_torch_fused, and the betas of lion_32bit, are the adam_... arguments; sgd, adagrad and rmsprop take theirs
/// from optim_args; adafactor follows the schedule's rate (no relative steps, no scaling by the parameter).
///
/// Bits: adamw_torch_fused is Python's fused kernel. The others do what Python does by default, operation by operation
/// on the host and over all parameters at once elsewhere; lion_32bit does what bitsandbytes does on the host. So all
/// give the reference's numbers exactly on the same kind of processor (tests/golden/make_optimizer_golden.py).
std::unique_ptr<Optimizer> make_optimizer(const ResolvedArguments& args, std::vector<ParamGroup> groups);

/// An optimizer of LibTorch's C++ interface, or one derived from its base class. The schedule starts from the rate of
/// its first group, as in the reference, and the other groups keep their ratio to it. Learning rates are written into
/// its groups before every step; so is weight_decay into those of Adagrad, Adam, AdamW, RMSprop and SGD (elsewhere
/// changing it here has no effect).
///
/// Its state is read and written through its own save() and load(), which must keep to the layout of LibTorch's
/// optimizers; state() throws Error if there are none.
///
/// Throws ConfigError for null, for an optimizer without parameters, for LBFGS, which needs to call the model itself,
/// and for a first group whose rate is 0 beside others whose rate is not.
std::unique_ptr<Optimizer> wrap_optimizer(std::unique_ptr<torch::optim::Optimizer> optimizer);

}  // namespace baton
