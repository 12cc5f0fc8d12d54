// functional(): plain functions over tensors as a model, for what is no module: a simulation's constants, a physical
// law.
//
//   auto slope = torch::zeros({1}, torch::requires_grad());
//   auto line = baton::functional({{"slope", slope}}, [=](const baton::Batch& batch) {
//     return torch::mse_loss(slope * batch.inputs, batch.labels);
//   });
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "baton/train/model.h"

namespace baton {

namespace detail {

/// A TrainingModule over loose tensors; what it computes is up to a derived class.
class LooseTensors : public TrainingModule {
 public:
  /// Throws ConfigError if there is none, or one is undefined, no leaf, or does not require gradients.
  explicit LooseTensors(std::vector<NamedTensor> parameters);

  std::vector<NamedTensor> named_parameters() const override { return parameters_; }
  /// In place: whoever shares the tensors sees them on the new device.
  void to(at::Device device) override;

 private:
  std::vector<NamedTensor> parameters_;
};

template <class TrainingStep, class EvaluationStep>
class Functional final : public LooseTensors {
 public:
  using TrainingBatch = decltype(argument_of(&TrainingStep::operator()));
  using EvaluationBatch = decltype(argument_of(&EvaluationStep::operator()));

  Functional(std::vector<NamedTensor> parameters, TrainingStep training_step, EvaluationStep evaluation_step)
      : LooseTensors(std::move(parameters)),
        training_step_(std::move(training_step)),
        evaluation_step_(std::move(evaluation_step)) {}

  at::Tensor training_step(const AnyBatch& batch) override { return training_step_(batch.as<TrainingBatch>()); }
  EvalStep evaluation_step(const AnyBatch& batch) override { return evaluation_step_(batch.as<EvaluationBatch>()); }

 private:
  TrainingStep training_step_;
  EvaluationStep evaluation_step_;
};

}  // namespace detail

/// Trains `parameters` to lower what `training_step` returns: one number with gradients. Both steps are lambdas that
/// take a Batch, or the one batch type that the data serves, and hold the tensors they compute with.
template <class TrainingStep, class EvaluationStep>
std::shared_ptr<TrainingModule> functional(std::vector<NamedTensor> parameters, TrainingStep training_step,
                                           EvaluationStep evaluation_step) {
  return std::make_shared<detail::Functional<TrainingStep, EvaluationStep>>(
      std::move(parameters), std::move(training_step), std::move(evaluation_step));
}

/// Evaluations know the loss of `training_step` alone.
template <class TrainingStep>
std::shared_ptr<TrainingModule> functional(std::vector<NamedTensor> parameters, TrainingStep training_step) {
  using BatchT = decltype(detail::argument_of(&TrainingStep::operator()));
  const auto loss_alone = [training_step](const BatchT& batch) { return EvalStep{.loss = training_step(batch)}; };
  return functional(std::move(parameters), std::move(training_step), loss_alone);
}

}  // namespace baton
