#include "src/train/optimizers/adagrad.h"

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcdiv.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_sqrt.h>

#include <utility>

namespace baton::train {

/// As in Python, sums are there from the start, so that a file has all of them.
Adagrad::Adagrad(std::vector<ParamGroup> param_groups, const AdagradOptions& options)
    : CohortOptimizer(std::move(param_groups), {.slots = {"sum"}}), options_(options) {
  make_state();
}

void Adagrad::update(const Update& update) {
  const at::TensorList sums = update.slots.front();
  const double rate = update.group.learning_rate / (1.0 + static_cast<double>(update.step - 1) * options_.lr_decay);
  std::vector<at::Tensor> storage;
  const at::TensorList gradients = decayed_gradients(update, storage);
  at::_foreach_addcmul_(sums, gradients, gradients, 1.0);
  const std::vector<at::Tensor> roots = at::_foreach_sqrt(sums);
  at::_foreach_add_(roots, options_.epsilon);
  at::_foreach_addcdiv_(update.params, gradients, roots, -rate);
}

Record Adagrad::options() const {
  return {{"lr_decay", options_.lr_decay},
          {"eps", options_.epsilon},
          {"initial_accumulator_value", 0.0},
          {"foreach", nullptr},
          {"maximize", false},
          {"differentiable", false},
          {"fused", nullptr}};
}

void Adagrad::set_options(const SavedOptions& saved) {
  saved.expect("maximize", false);
  options_ = {.lr_decay = saved.number("lr_decay"), .epsilon = saved.number("eps")};
}

}  // namespace baton::train
