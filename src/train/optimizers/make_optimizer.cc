#include "baton/core/arguments.h"
#include "baton/train/optimizers.h"
#include "src/core/optim_args.h"
#include "src/train/optimizers/adafactor.h"
#include "src/train/optimizers/adagrad.h"
#include "src/train/optimizers/adamw.h"
#include "src/train/optimizers/lion.h"
#include "src/train/optimizers/rmsprop.h"
#include "src/train/optimizers/sgd.h"

#include <utility>

namespace baton {
namespace {

train::AdamWOptions adamw_options(const ResolvedArguments& args) {
  return {.beta1 = args.adam_beta1,
          .beta2 = args.adam_beta2,
          .epsilon = args.adam_epsilon,
          .fused = args.optim == OptimizerName::kAdamwTorchFused};
}

train::SgdOptions sgd_options(const Record& given) {
  return {.momentum = given.number("momentum"),
          .dampening = given.number("dampening"),
          .nesterov = *given.find("nesterov")->boolean()};
}

train::RmspropOptions rmsprop_options(const Record& given) {
  return {.momentum = given.number("momentum"),
          .alpha = given.number("alpha"),
          .epsilon = given.number("eps"),
          .centered = *given.find("centered")->boolean()};
}

}  // namespace

std::unique_ptr<Optimizer> make_optimizer(const ResolvedArguments& args, std::vector<ParamGroup> groups) {
  using namespace train;
  for (ParamGroup& group : groups) group.learning_rate = args.learning_rate * group.lr_factor;
  const Record given = read_optim_args(args).options;
  switch (args.optim) {
    case OptimizerName::kSgd:
      return std::make_unique<Sgd>(std::move(groups), sgd_options(given));
    case OptimizerName::kAdagrad:
      return std::make_unique<Adagrad>(
          std::move(groups), AdagradOptions{.lr_decay = given.number("lr_decay"), .epsilon = given.number("eps")});
    case OptimizerName::kRmsprop:
      return std::make_unique<Rmsprop>(std::move(groups), rmsprop_options(given));
    case OptimizerName::kAdafactor:
      return std::make_unique<Adafactor>(std::move(groups));
    case OptimizerName::kLion:
      return std::make_unique<Lion>(std::move(groups), LionOptions{.beta1 = args.adam_beta1, .beta2 = args.adam_beta2});
    case OptimizerName::kAdamwTorch:
    case OptimizerName::kAdamwTorchFused:
      break;
  }
  return std::make_unique<AdamW>(std::move(groups), adamw_options(args));
}

}  // namespace baton
