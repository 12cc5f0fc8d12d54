#include "src/train/optimizers/lion.h"

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_sign.h>
#include <ATen/ops/zeros_like.h>

#include <utility>

#include "src/train/optimizers/float_params.h"

namespace baton::train {

Lion::Lion(std::vector<ParamGroup> param_groups, const LionOptions& options)
    : CohortOptimizer(std::move(param_groups), {.slots = {"state1"}, .step = StepKind::kInteger}), options_(options) {}

at::Tensor Lion::initial_slot(std::size_t /*slot*/, const at::Tensor& param) const {
  return at::zeros_like(param, param.options().dtype(compute_type(param.scalar_type())), at::MemoryFormat::Preserve);
}

void Lion::update(const Update& update) {
  const at::TensorList averages = update.slots.front();
  const double rate = update.group.learning_rate;
  const FloatParams params(update.params);
  if (update.group.weight_decay != 0.0) scale(params.values(), 1.0 - rate * update.group.weight_decay);
  const std::vector<at::Tensor> directions = at::_foreach_mul(averages, options_.beta1);
  at::_foreach_add_(directions, update.gradients, 1.0 - options_.beta1);
  at::_foreach_sign_(directions);
  at::_foreach_add_(params.values(), directions, -rate);
  scale(averages, options_.beta2);
  at::_foreach_add_(averages, update.gradients, 1.0 - options_.beta2);
  params.write_back();
}

Record Lion::options() const { return {{"betas", Value::List{options_.beta1, options_.beta2}}, {"eps", 0.0}}; }

void Lion::set_options(const SavedOptions& saved) {
  const auto [beta1, beta2] = saved.pair("betas");
  options_ = {.beta1 = beta1, .beta2 = beta2};
}

}  // namespace baton::train
