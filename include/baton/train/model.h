// How a LibTorch module becomes something Baton can train: supervised(net, loss), or a module that has a training_step
// itself.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

#include "baton/train/training_module.h"

namespace torch::nn {
template <class Contained>
class ModuleHolder;
}

namespace baton {

namespace detail {

template <class T>
const std::shared_ptr<T>& module_pointer(const std::shared_ptr<T>& module) {
  return module;
}
template <class T>
const std::shared_ptr<T>& module_pointer(const torch::nn::ModuleHolder<T>& holder) {
  return holder.ptr();
}
template <class Net>
using ModuleType = typename std::remove_cvref_t<decltype(module_pointer(std::declval<const Net&>()))>::element_type;

template <class T>
concept HasTrainingStep = requires(T& module, const Batch& batch) {
  { module.training_step(batch) } -> std::convertible_to<at::Tensor>;
};
template <class T>
concept HasEvaluationStep = requires(T& module, const Batch& batch) {
  { module.evaluation_step(batch) } -> std::convertible_to<EvalStep>;
};

template <class Module, class Loss>
class Supervised final : public ModuleTraining {
 public:
  Supervised(const std::shared_ptr<Module>& module, Loss loss)
      : ModuleTraining(module), module_(*module), loss_(std::move(loss)) {}

  at::Tensor training_step(const Batch& batch) override { return loss_(module_.forward(batch.inputs), batch.labels); }
  EvalStep evaluation_step(const Batch& batch) override {
    auto outputs = module_.forward(batch.inputs);
    EvalStep step;
    if (batch.labels.defined()) step.loss = loss_(outputs, batch.labels);
    if constexpr (std::convertible_to<decltype(outputs), at::Tensor>) step.outputs = std::move(outputs);
    return step;
  }
  void to(at::Device device) override {
    ModuleTraining::to(device);
    if constexpr (requires { loss_->to(device); }) loss_->to(device);
  }

 private:
  Module& module_;
  Loss loss_;
};

template <class Module>
class SelfTraining final : public ModuleTraining {
 public:
  explicit SelfTraining(const std::shared_ptr<Module>& module) : ModuleTraining(module), module_(*module) {}

  at::Tensor training_step(const Batch& batch) override { return module_.training_step(batch); }
  EvalStep evaluation_step(const Batch& batch) override {
    if constexpr (HasEvaluationStep<Module>) {
      return module_.evaluation_step(batch);
    } else {
      return ModuleTraining::evaluation_step(batch);
    }
  }

 private:
  Module& module_;
};

}  // namespace detail

/// Trains `net` (a shared pointer to a module, or a module holder) to lower `loss(net->forward(inputs), labels)`. The
/// loss may be a LibTorch loss such as torch::nn::CrossEntropyLoss or anything callable; its mean over the batch is
/// expected. Outputs that are no single tensor reach the loss, but no metric function.
template <class Net, class Loss>
std::shared_ptr<TrainingModule> supervised(const Net& net, Loss loss) {
  using Module = detail::ModuleType<Net>;
  static_assert(
      requires(Module & module, at::Tensor inputs) { module.forward(inputs); },
      "supervised: the module needs forward(torch::Tensor)");
  return std::make_shared<detail::Supervised<Module, Loss>>(detail::module_pointer(net), std::move(loss));
}

/// What Trainer's `.model` takes: the result of supervised(), any torch::nn::Module (shared pointer or holder) that has
/// `torch::Tensor training_step(const Batch&)` and, if it likes, `EvalStep evaluation_step(const Batch&)`, or any
/// TrainingModule.
class Model {
 public:
  Model() = default;
  template <std::derived_from<TrainingModule> T>
  Model(std::shared_ptr<T> module) : module_(std::move(module)) {}
  template <detail::HasTrainingStep T>
  requires(!std::derived_from<T, TrainingModule>) Model(const std::shared_ptr<T>& module)
      : module_(std::make_shared<detail::SelfTraining<T>>(module)) {}
  template <detail::HasTrainingStep T>
  Model(const torch::nn::ModuleHolder<T>& holder) : Model(holder.ptr()) {}

  const std::shared_ptr<TrainingModule>& module() const { return module_; }

 private:
  std::shared_ptr<TrainingModule> module_;
};

}  // namespace baton
