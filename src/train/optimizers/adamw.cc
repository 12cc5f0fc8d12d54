#include "src/train/optimizers/adamw.h"

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcdiv.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_div.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/_foreach_sqrt.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/empty.h>

#include <cmath>
#include <optional>
#include <utility>

namespace baton::train {
namespace {

enum Slot : std::size_t { kExpAvg, kExpAvgSq };

}  // namespace

AdamW::AdamW(std::vector<ParamGroup> param_groups, const AdamWOptions& options)
    : CohortOptimizer(std::move(param_groups), {.slots = {"exp_avg", "exp_avg_sq"},
                                                .batching = options.fused ? Batching::kAll : Batching::kByDevice}),
      options_(options) {}

void AdamW::step() {
  CohortOptimizer::step();
  gradient_divisor_.reset();
}

bool AdamW::divide_gradients_by(const at::Tensor& divisor) {
  if (options_.fused) gradient_divisor_ = divisor;
  return options_.fused;
}

void AdamW::update(const Update& update) { options_.fused ? update_fused(update) : update_plainly(update); }

void AdamW::update_fused(const Update& update) {
  const auto divisor = gradient_divisor_.defined() ? std::optional(gradient_divisor_) : std::nullopt;
  at::_fused_adamw_(update.params, update.gradients, update.slots[kExpAvg], update.slots[kExpAvgSq],
                    /*max_exp_avg_sqs=*/{}, step_tensors(update), update.group.learning_rate, options_.beta1,
                    options_.beta2, update.group.weight_decay, options_.epsilon, /*amsgrad=*/false, /*maximize=*/false,
                    divisor);
}

/// The kernel wants one for each parameter; sharing it spares an operation for each.
at::TensorList AdamW::step_tensors(const Update& update) {
  const at::Tensor& param = update.params.front();
  if (step_tensors_.empty() || step_tensors_.front().device() != param.device()) {
    step_tensors_.assign(1, at::empty({}, param.options().dtype(at::kFloat).requires_grad(false)));
  }
  while (step_tensors_.size() < update.params.size()) step_tensors_.push_back(step_tensors_.front());
  step_tensors_.front().fill_(static_cast<double>(update.step));
  return at::TensorList(step_tensors_).slice(0, update.params.size());
}

void AdamW::update_plainly(const Update& update) const {
  const at::TensorList exp_avgs = update.slots[kExpAvg];
  const at::TensorList exp_avg_sqs = update.slots[kExpAvgSq];
  const double rate = update.group.learning_rate;
  const auto step = static_cast<double>(update.step);
  const double step_size = rate / (1.0 - std::pow(options_.beta1, step));
  const double root_of_correction = std::pow(1.0 - std::pow(options_.beta2, step), 0.5);

  if (update.group.weight_decay != 0.0) scale(update.params, 1.0 - rate * update.group.weight_decay);
  at::_foreach_lerp_(exp_avgs, update.gradients, 1.0 - options_.beta1);
  scale(exp_avg_sqs, options_.beta2);
  at::_foreach_addcmul_(exp_avg_sqs, update.gradients, update.gradients, 1.0 - options_.beta2);
  const std::vector<at::Tensor> denominators = at::_foreach_sqrt(exp_avg_sqs);
  at::_foreach_div_(denominators, root_of_correction);
  at::_foreach_add_(denominators, options_.epsilon);
  at::_foreach_addcdiv_(update.params, exp_avgs, denominators, -step_size);
}

Record AdamW::options() const {
  return {{"betas", Value::List{options_.beta1, options_.beta2}},
          {"eps", options_.epsilon},
          {"amsgrad", false},
          {"maximize", false},
          {"foreach", nullptr},
          {"capturable", false},
          {"differentiable", false},
          {"fused", options_.fused ? Value(true) : Value()},
          {"decoupled_weight_decay", true}};
}

void AdamW::set_options(const SavedOptions& saved) {
  for (const char* fixed : {"amsgrad", "maximize"}) saved.expect(fixed, false);
  saved.expect("decoupled_weight_decay", true);
  const auto [beta1, beta2] = saved.pair("betas");
  options_ = {.beta1 = beta1, .beta2 = beta2, .epsilon = saved.number("eps"), .fused = options_.fused};
}

}  // namespace baton::train
