#include "src/train/adamw.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>
#include <utility>

#include "src/train/gradients.h"

namespace baton::train {

AdamW::AdamW(std::vector<ParamGroup> param_groups, const AdamWOptions& options)
    : Optimizer(std::move(param_groups)), options_(options) {
  for (std::size_t group = 0; group < groups().size(); ++group) {
    for (const at::Tensor& param : groups()[group].params) cohort_of(group, param).params.push_back(param);
  }
}

AdamW::Cohort& AdamW::cohort_of(std::size_t group, const at::Tensor& param) {
  for (Cohort& cohort : cohorts_) {
    if (cohort.group == group && cohort.params.front().scalar_type() == param.scalar_type()) return cohort;
  }
  return cohorts_.emplace_back(Cohort{.group = group});
}

void AdamW::step() {
  const at::NoGradGuard no_grad;
  const std::size_t count = cohorts_.size();  // those split off have nothing to do now
  for (std::size_t i = 0; i < count; ++i) {
    const std::vector<at::Tensor> gradients = gradients_of(cohorts_[i].params);
    if (gradients.empty()) continue;
    if (gradients.size() < cohorts_[i].params.size()) cohorts_.push_back(split_off_idle(cohorts_[i]));
    Cohort& cohort = cohorts_[i];
    if (cohort.steps == 0) make_state(cohort);
    ++cohort.steps;
    options_.fused ? step_fused(cohort, gradients) : step_plain(cohort, gradients);
  }
}

AdamW::Cohort AdamW::split_off_idle(Cohort& cohort) {
  Cohort active{.group = cohort.group, .steps = cohort.steps};
  Cohort idle = active;
  for (std::size_t i = 0; i < cohort.params.size(); ++i) {
    Cohort& target = cohort.params[i].grad().defined() ? active : idle;
    target.params.push_back(cohort.params[i]);
    if (cohort.steps == 0) continue;
    target.exp_avgs.push_back(cohort.exp_avgs[i]);
    target.exp_avg_sqs.push_back(cohort.exp_avg_sqs[i]);
  }
  for (Cohort* part : {&active, &idle}) {
    if (part->steps > 0) part->step_tensors.assign(part->params.size(), cohort.step_tensors.front().clone());
  }
  cohort = std::move(active);
  return idle;
}

void AdamW::make_state(Cohort& cohort) {
  for (const at::Tensor& param : cohort.params) {
    cohort.exp_avgs.push_back(at::zeros_like(param, at::MemoryFormat::Preserve));
    cohort.exp_avg_sqs.push_back(at::zeros_like(param, at::MemoryFormat::Preserve));
  }
  const at::Tensor step = at::full({}, 0.0, cohort.params.front().options().dtype(at::kFloat));
  cohort.step_tensors.assign(cohort.params.size(), step);
}

void AdamW::step_fused(Cohort& cohort, const std::vector<at::Tensor>& gradients) {
  const ParamGroup& group = groups()[cohort.group];
  cohort.step_tensors.front().fill_(static_cast<double>(cohort.steps));
  at::_fused_adamw_(cohort.params, gradients, cohort.exp_avgs, cohort.exp_avg_sqs, /*max_exp_avg_sqs=*/{},
                    cohort.step_tensors, group.learning_rate, options_.beta1, options_.beta2, group.weight_decay,
                    options_.epsilon, /*amsgrad=*/false,
                    /*maximize=*/false);
}

void AdamW::step_plain(Cohort& cohort, const std::vector<at::Tensor>& gradients) {
  const ParamGroup& group = groups()[cohort.group];
  const auto steps = static_cast<double>(cohort.steps);
  const double step_size = group.learning_rate / (1.0 - std::pow(options_.beta1, steps));
  const double root_of_correction = std::sqrt(1.0 - std::pow(options_.beta2, steps));
  for (std::size_t i = 0; i < cohort.params.size(); ++i) {
    const at::Tensor& gradient = gradients[i];
    at::Tensor& exp_avg_sq = cohort.exp_avg_sqs[i];
    if (group.weight_decay != 0.0) cohort.params[i].mul_(1.0 - group.learning_rate * group.weight_decay);
    cohort.exp_avgs[i].lerp_(gradient, 1.0 - options_.beta1);
    exp_avg_sq.mul_(options_.beta2).addcmul_(gradient, gradient, 1.0 - options_.beta2);
    const at::Tensor denominator = exp_avg_sq.sqrt().div_(root_of_correction).add_(options_.epsilon);
    cohort.params[i].addcdiv_(cohort.exp_avgs[i], denominator, -step_size);
  }
}

}  // namespace baton::train
