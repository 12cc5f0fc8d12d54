// How a LibTorch module becomes something Baton can train: supervised(net, loss), or a module that has a training_step
// itself.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

#include "baton/train/label_smoothing.h"
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

// The batch type that a member function takes; Batch if it is overloaded or a template, and so takes several.
template <class T, class Result, class Argument>
std::remove_cvref_t<Argument> argument_of(Result (T::*)(Argument));
template <class T, class Result, class Argument>
std::remove_cvref_t<Argument> argument_of(Result (T::*)(Argument) const);

template <class T>
struct StepBatch {
  using Training = Batch;
};
template <class T>
requires requires { argument_of(&T::training_step); }
struct StepBatch<T> {
  using Training = decltype(argument_of(&T::training_step));
};

template <class T>
using TrainingBatch = typename StepBatch<T>::Training;

template <class T>
concept HasTrainingStep = requires(T& module, const TrainingBatch<T>& batch) {
  { module.training_step(batch) } -> std::convertible_to<at::Tensor>;
};
template <class T>
concept HasEvaluationStep = requires(T& module, const TrainingBatch<T>& batch) {
  { module.evaluation_step(batch) } -> std::convertible_to<EvalStep>;
};

template <class T>
concept HasFloatingPointOps = requires(const T& module, const TrainingBatch<T>& batch) {
  { module.floating_point_ops(batch) } -> std::convertible_to<double>;
};

template <class T>
concept HasConfig = requires(const T& module) {
  { module.config() } -> std::convertible_to<Record>;
};

template <class T>
Record config_of(const T& module) {
  if constexpr (HasConfig<T>) return module.config();
  return {};
}

template <class BatchT, class Module, class Loss>
class Supervised final : public ModuleTraining {
 public:
  Supervised(const std::shared_ptr<Module>& module, Loss loss)
      : ModuleTraining(module), module_(*module), loss_(std::move(loss)) {}

  at::Tensor training_step(const AnyBatch& any) override {
    const BatchT& batch = any.as<BatchT>();
    return loss_of(module_.forward(batch.inputs), batch.labels);
  }
  EvalStep evaluation_step(const AnyBatch& any) override {
    const BatchT& batch = any.as<BatchT>();
    auto outputs = module_.forward(batch.inputs);
    EvalStep step;
    if (has_labels(batch.labels)) step.loss = loss_of(outputs, batch.labels);
    if constexpr (std::convertible_to<decltype(outputs), at::Tensor>) step.outputs = std::move(outputs);
    return step;
  }
  void to(at::Device device) override {
    ModuleTraining::to(device);
    if constexpr (requires { loss_->to(device); }) loss_->to(device);
  }
  Record config() const override { return config_of(module_); }
  /// Needs outputs and labels that are single tensors.
  bool smooth_labels(double factor) override {
    if constexpr (kIsSmoothable) smoothing_ = factor;
    return kIsSmoothable;
  }

 private:
  using Outputs = decltype(std::declval<Module&>().forward(std::declval<const BatchT&>().inputs));
  static constexpr bool kIsSmoothable =
      std::convertible_to<Outputs, at::Tensor> && std::convertible_to<decltype(BatchT::labels), at::Tensor>;

  template <class Given, class Labels>
  at::Tensor loss_of(Given&& outputs, const Labels& labels) {
    if constexpr (kIsSmoothable) {
      if (smoothing_ != 0.0) return label_smoothed_loss(outputs, labels, smoothing_);
    }
    return loss_(std::forward<Given>(outputs), labels);
  }

  template <class Labels>
  static bool has_labels(const Labels& labels) {
    if constexpr (std::same_as<Labels, at::Tensor>) return labels.defined();
    return true;
  }

  Module& module_;
  Loss loss_;
  double smoothing_ = 0.0;
};

template <class Module>
class SelfTraining final : public ModuleTraining {
 public:
  explicit SelfTraining(const std::shared_ptr<Module>& module) : ModuleTraining(module), module_(*module) {}

  at::Tensor training_step(const AnyBatch& batch) override {
    return module_.training_step(batch.as<TrainingBatch<Module>>());
  }
  EvalStep evaluation_step(const AnyBatch& batch) override {
    if constexpr (HasEvaluationStep<Module>) {
      return module_.evaluation_step(batch.as<TrainingBatch<Module>>());
    } else {
      return ModuleTraining::evaluation_step(batch);
    }
  }
  double floating_point_ops(const AnyBatch& batch) const override {
    if constexpr (HasFloatingPointOps<Module>) {
      return module_.floating_point_ops(batch.as<TrainingBatch<Module>>());
    } else {
      return 0.0;
    }
  }
  Record config() const override { return config_of(module_); }

 private:
  Module& module_;
};

}  // namespace detail

/// Trains `net` (a shared pointer to a module, or a module holder) to lower `loss(net->forward(inputs), labels)`. The
/// loss may be a LibTorch loss such as torch::nn::CrossEntropyLoss or anything callable; its mean over the batch is
/// expected. Outputs that are no single tensor reach the loss, but no metric function. `supervised<MyBatch>(net, loss)`
/// does so with batches of another type that has members `inputs` and `labels`, of whatever types the two take.
template <BatchType BatchT = Batch, class Net, class Loss>
std::shared_ptr<TrainingModule> supervised(const Net& net, Loss loss) {
  using Module = detail::ModuleType<Net>;
  static_assert(
      requires(Module & module, const BatchT& batch) { module.forward(batch.inputs); },
      "supervised: the module needs forward(inputs), with the inputs of the batch type: torch::Tensor, if none was "
      "named");
  return std::make_shared<detail::Supervised<BatchT, Module, Loss>>(detail::module_pointer(net), std::move(loss));
}

/// What Trainer's `.model` takes: the result of supervised(), any torch::nn::Module (shared pointer or holder) that has
/// `torch::Tensor training_step(const Batch&)` and, if it likes, `EvalStep evaluation_step(const Batch&)` and `double
/// floating_point_ops(const Batch&) const`, or any TrainingModule. In place of Batch they may take any one batch type;
/// it has to be the one that the data serves. What a module's `Record config() const` returns, trackers show as
/// model_config.
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
