// TrainingModule: what the engine trains. Most programs never derive from it: baton/train/model.h makes one of any
// torch::nn::Module.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "baton/core/value.h"
#include "baton/train/batch.h"

namespace torch::nn {
class Module;
}

namespace baton {

struct NamedTensor {
  std::string name;
  at::Tensor tensor;
};

/// What an evaluation step returns; an undefined tensor stands for something the step does not have.
struct EvalStep {
  at::Tensor loss;     ///< mean over the batch
  at::Tensor outputs;  ///< for the metric function and for predict(); the first dimension counts the samples
  at::Tensor labels;   ///< what outputs are compared with; undefined: AnyBatch::labels()
};

/// The least one must write is training_step and named_parameters. Called from the training thread only.
class TrainingModule {
 public:
  virtual ~TrainingModule() = default;

  /// The loss of one batch: a scalar that requires gradients, not yet divided for accumulation.
  virtual at::Tensor training_step(const AnyBatch& batch) = 0;
  /// Called without gradients and after train(false). Default: the loss of training_step, and no outputs.
  virtual EvalStep evaluation_step(const AnyBatch& batch);

  /// Floating-point operations of one training step, for total_flos in the state and the log. Called after each step.
  virtual double floating_point_ops(const AnyBatch& /*batch*/) const { return 0.0; }

  /// In a fixed order. One tensor may appear under several names.
  virtual std::vector<NamedTensor> named_parameters() const = 0;
  /// What belongs to the model and is not trained, such as running means.
  virtual std::vector<NamedTensor> named_buffers() const { return {}; }
  /// The tensors of named_parameters(), each once.
  std::vector<at::Tensor> parameters() const;

  /// The model's own configuration (sizes, dropout), which trackers show as model_config. Read when a Trainer is made.
  virtual Record config() const { return {}; }

  /// From now on takes label_smoothed_loss() in place of its own loss; 0: its own again. False, and nothing changes, if
  /// it cannot.
  virtual bool smooth_labels(double /*factor*/) { return false; }

  virtual void train(bool /*on*/) {}
  virtual void to(at::Device /*device*/) {}
  /// The LibTorch module behind it, or null.
  virtual torch::nn::Module* module() { return nullptr; }
};

/// A TrainingModule whose tensors are those of a LibTorch module.
class ModuleTraining : public TrainingModule {
 public:
  /// Throws ConfigError if `module` is null.
  explicit ModuleTraining(std::shared_ptr<torch::nn::Module> module);

  std::vector<NamedTensor> named_parameters() const override;
  std::vector<NamedTensor> named_buffers() const override;
  void train(bool on) override;
  void to(at::Device device) override;
  torch::nn::Module* module() override { return module_.get(); }

 private:
  std::shared_ptr<torch::nn::Module> module_;
};

}  // namespace baton
