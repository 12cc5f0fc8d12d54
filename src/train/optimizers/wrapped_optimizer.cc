#include "src/train/optimizers/wrapped_optimizer.h"

#include <torch/optim/adagrad.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/lbfgs.h>
#include <torch/optim/rmsprop.h>
#include <torch/optim/sgd.h>

#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include "baton/core/errors.h"
#include "baton/train/optimizers.h"
#include "src/base/type_name.h"
#include "src/train/optimizers/optimizer_archive.h"
#include "src/train/optimizers/saved_state.h"

namespace baton::train {
namespace {

template <class... Known>
double* decay_in(torch::optim::OptimizerOptions& options) {
  double* found = nullptr;
  const auto look = [&](auto* known) {
    if (known != nullptr) found = &known->weight_decay();
  };
  (look(dynamic_cast<Known*>(&options)), ...);
  return found;
}

/// Null for options that are not LibTorch's own: their base class only knows the learning rate.
double* weight_decay_in(torch::optim::OptimizerOptions& options) {
  using namespace torch::optim;
  return decay_in<AdagradOptions, AdamOptions, torch::optim::AdamWOptions, RMSpropOptions, SGDOptions>(options);
}

void check(const torch::optim::Optimizer* optimizer) {
  if (optimizer == nullptr) throw ConfigError("wrap_optimizer() was given null, expected an optimizer");
  if (dynamic_cast<const torch::optim::LBFGS*>(optimizer) != nullptr) {
    throw ConfigError("torch::optim::LBFGS evaluates the model within its step, which a Trainer cannot offer");
  }
  const auto& groups = optimizer->param_groups();
  if (groups.empty()) throw ConfigError("wrap_optimizer() was given an optimizer without parameters");
  const bool starts_from_zero = groups.front().options().get_lr() == 0.0;
  for (const auto& group : groups) {
    if (!starts_from_zero || group.options().get_lr() == 0.0) continue;
    throw ConfigError(
        "The optimizer's first group has a learning rate of 0, expected one that the others can be "
        "multiples of");
  }
}

std::vector<ParamGroup> groups_of(const torch::optim::Optimizer& optimizer) {
  const double first = optimizer.param_groups().front().options().get_lr();
  std::vector<ParamGroup> groups;
  for (const auto& group : optimizer.param_groups()) {
    const double rate = group.options().get_lr();
    groups.push_back({.params = group.params(), .lr_factor = rate == first ? 1.0 : rate / first});
  }
  return groups;
}

std::string type_name_of(const torch::optim::Optimizer& optimizer) { return short_type_name(typeid(optimizer)); }

}  // namespace

WrappedOptimizer::WrappedOptimizer(std::unique_ptr<torch::optim::Optimizer> optimizer)
    : Optimizer(groups_of(*optimizer)), optimizer_(std::move(optimizer)), name_(type_name_of(*optimizer_)) {
  read_options();
}

void WrappedOptimizer::read_options() {
  for (std::size_t i = 0; i < groups().size(); ++i) {
    torch::optim::OptimizerOptions& options = optimizer_->param_groups()[i].options();
    groups()[i].learning_rate = options.get_lr();
    if (const double* decay = weight_decay_in(options)) groups()[i].weight_decay = *decay;
  }
}

void WrappedOptimizer::write_options() const {
  for (std::size_t i = 0; i < groups().size(); ++i) {
    torch::optim::OptimizerOptions& options = optimizer_->param_groups()[i].options();
    options.set_lr(groups()[i].learning_rate);
    if (double* decay = weight_decay_in(options)) *decay = groups()[i].weight_decay;
  }
}

void WrappedOptimizer::step() {
  write_options();
  optimizer_->step();
}

OptimizerState WrappedOptimizer::state() const {
  write_options();
  return archived_state(*optimizer_);
}

void WrappedOptimizer::load_state(const OptimizerState& saved) {
  check_sizes(*this, saved);
  try {
    load_archived_state(*optimizer_, saved, name_);
  } catch (const c10::Error& error) {
    refuse_state(name_, error.what_without_backtrace());
  }
  read_options();
}

}  // namespace baton::train

namespace baton {

std::unique_ptr<Optimizer> wrap_optimizer(std::unique_ptr<torch::optim::Optimizer> optimizer) {
  train::check(optimizer.get());
  return std::make_unique<train::WrappedOptimizer>(std::move(optimizer));
}

}  // namespace baton
