#include "baton/train/training_module.h"

#include <torch/nn/module.h>

#include <unordered_set>
#include <utility>

#include "baton/core/errors.h"

namespace baton {
namespace {

std::vector<NamedTensor> to_list(const torch::OrderedDict<std::string, at::Tensor>& tensors) {
  std::vector<NamedTensor> list;
  for (const auto& item : tensors) list.push_back({item.key(), item.value()});
  return list;
}

}  // namespace

EvalStep TrainingModule::evaluation_step(const AnyBatch& batch) { return {.loss = training_step(batch)}; }

std::vector<at::Tensor> TrainingModule::parameters() const {
  std::unordered_set<const c10::TensorImpl*> seen;
  std::vector<at::Tensor> parameters;
  for (NamedTensor& parameter : named_parameters()) {
    if (seen.insert(parameter.tensor.unsafeGetTensorImpl()).second) parameters.push_back(std::move(parameter.tensor));
  }
  return parameters;
}

ModuleTraining::ModuleTraining(std::shared_ptr<torch::nn::Module> module) : module_(std::move(module)) {
  if (!module_) throw ConfigError("The model is a null pointer, expected a module");
}

std::vector<NamedTensor> ModuleTraining::named_parameters() const { return to_list(module_->named_parameters()); }

std::vector<NamedTensor> ModuleTraining::named_buffers() const { return to_list(module_->named_buffers()); }

void ModuleTraining::train(bool on) { module_->train(on); }

void ModuleTraining::to(at::Device device) { module_->to(device); }

}  // namespace baton
