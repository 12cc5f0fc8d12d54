#include "src/train/optimizers/sgd.h"

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_copy.h>

#include <utility>

namespace baton::train {

Sgd::Sgd(std::vector<ParamGroup> param_groups, const SgdOptions& options)
    : CohortOptimizer(std::move(param_groups), {.slots = {"momentum_buffer"}, .step = StepKind::kNone}),
      options_(options) {}

at::Tensor Sgd::initial_slot(std::size_t slot, const at::Tensor& param) const {
  return options_.momentum == 0.0 ? at::Tensor() : CohortOptimizer::initial_slot(slot, param);
}

void Sgd::update(const Update& update) {
  std::vector<at::Tensor> storage;
  at::TensorList gradients = decayed_gradients(update, storage);
  std::vector<at::Tensor> ahead;
  if (options_.momentum != 0.0) {
    const at::TensorList buffers = update.slots.front();
    if (update.step == 1) {
      at::_foreach_copy_(buffers, gradients);
    } else {
      scale(buffers, options_.momentum);
      at::_foreach_add_(buffers, gradients, 1.0 - options_.dampening);
    }
    if (options_.nesterov) ahead = at::_foreach_add(gradients, buffers, options_.momentum);
    gradients = options_.nesterov ? at::TensorList(ahead) : buffers;
  }
  at::_foreach_add_(update.params, gradients, -update.group.learning_rate);
}

Record Sgd::options() const {
  return {{"momentum", options_.momentum},
          {"dampening", options_.dampening},
          {"nesterov", options_.nesterov},
          {"maximize", false},
          {"foreach", nullptr},
          {"differentiable", false},
          {"fused", nullptr}};
}

void Sgd::set_options(const SavedOptions& saved) {
  saved.expect("maximize", false);
  options_ = {
      .momentum = saved.number("momentum"), .dampening = saved.number("dampening"), .nesterov = saved.flag("nesterov")};
}

}  // namespace baton::train
