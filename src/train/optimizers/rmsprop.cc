#include "src/train/optimizers/rmsprop.h"

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcdiv.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/_foreach_sqrt.h>

#include <utility>

namespace baton::train {
namespace {

enum Slot : std::size_t { kSquareAvg, kMomentumBuffer, kGradAvg };

}  // namespace

Rmsprop::Rmsprop(std::vector<ParamGroup> param_groups, const RmspropOptions& options)
    : CohortOptimizer(std::move(param_groups), {.slots = {"square_avg", "momentum_buffer", "grad_avg"}}),
      options_(options) {}

at::Tensor Rmsprop::initial_slot(std::size_t slot, const at::Tensor& param) const {
  const bool unused = (slot == kMomentumBuffer && options_.momentum == 0.0) || (slot == kGradAvg && !options_.centered);
  return unused ? at::Tensor() : CohortOptimizer::initial_slot(slot, param);
}

void Rmsprop::update(const Update& update) {
  const double rate = update.group.learning_rate;
  std::vector<at::Tensor> storage;
  const at::TensorList gradients = decayed_gradients(update, storage);
  const std::vector<at::Tensor> roots = divisors(update, gradients);
  if (options_.momentum == 0.0) {
    at::_foreach_addcdiv_(update.params, gradients, roots, -rate);
  } else {
    const at::TensorList buffers = update.slots[kMomentumBuffer];
    scale(buffers, options_.momentum);
    at::_foreach_addcdiv_(buffers, gradients, roots, 1.0);
    at::_foreach_add_(update.params, buffers, -rate);
  }
}

std::vector<at::Tensor> Rmsprop::divisors(const Update& update, at::TensorList gradients) const {
  const at::TensorList square_avgs = update.slots[kSquareAvg];
  scale(square_avgs, options_.alpha);
  at::_foreach_addcmul_(square_avgs, gradients, gradients, 1.0 - options_.alpha);
  std::vector<at::Tensor> roots;
  if (options_.centered) {
    const at::TensorList grad_avgs = update.slots[kGradAvg];
    at::_foreach_lerp_(grad_avgs, gradients, 1.0 - options_.alpha);
    roots = at::_foreach_addcmul(square_avgs, grad_avgs, grad_avgs, -1.0);
    at::_foreach_sqrt_(roots);
  } else {
    roots = at::_foreach_sqrt(square_avgs);
  }
  at::_foreach_add_(roots, options_.epsilon);
  return roots;
}

Record Rmsprop::options() const {
  return {{"momentum", options_.momentum},
          {"alpha", options_.alpha},
          {"eps", options_.epsilon},
          {"centered", options_.centered},
          {"capturable", false},
          {"foreach", nullptr},
          {"maximize", false},
          {"differentiable", false}};
}

void Rmsprop::set_options(const SavedOptions& saved) {
  saved.expect("maximize", false);
  options_ = {.momentum = saved.number("momentum"),
              .alpha = saved.number("alpha"),
              .epsilon = saved.number("eps"),
              .centered = saved.flag("centered")};
}

}  // namespace baton::train
