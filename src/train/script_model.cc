#include "baton/train/script_model.h"

#include <torch/csrc/jit/api/module.h>

#include <vector>

#include "baton/core/errors.h"

namespace baton::detail {
namespace {

template <class NamedList>
std::vector<NamedTensor> to_list(const NamedList& tensors) {
  std::vector<NamedTensor> list;
  for (const auto& item : tensors) list.push_back({item.name, item.value});
  return list;
}

class ScriptTraining final : public TrainingModule {
 public:
  ScriptTraining(const torch::jit::Module& net, ScriptLoss loss) : net_(net), loss_(std::move(loss)) {
    if (net_.parameters().size() == 0) {
      throw ConfigError("The TorchScript module has no parameters, expected one that was not frozen");
    }
  }

  at::Tensor training_step(const AnyBatch& any) override {
    const Batch& batch = any.as<Batch>();
    return loss_.loss(outputs_of(batch), batch.labels);
  }
  EvalStep evaluation_step(const AnyBatch& any) override {
    const Batch& batch = any.as<Batch>();
    EvalStep step{.loss = {}, .outputs = outputs_of(batch), .labels = {}};
    if (batch.labels.defined()) step.loss = loss_.loss(step.outputs, batch.labels);
    return step;
  }
  std::vector<NamedTensor> named_parameters() const override { return to_list(net_.named_parameters()); }
  std::vector<NamedTensor> named_buffers() const override { return to_list(net_.named_buffers()); }
  void train(bool on) override { net_.train(on); }
  void to(at::Device device) override {
    net_.to(device);
    if (loss_.to) loss_.to(device);
  }

 private:
  at::Tensor outputs_of(const Batch& batch) {
    c10::IValue outputs = net_.forward({batch.inputs});
    if (!outputs.isTensor()) {
      throw ConfigError("The TorchScript module returned " + outputs.tagKind() + ", expected one tensor");
    }
    return std::move(outputs).toTensor();
  }

  torch::jit::Module net_;  ///< a handle
  ScriptLoss loss_;
};

}  // namespace

std::shared_ptr<TrainingModule> script_model(const torch::jit::Module& net, ScriptLoss loss) {
  return std::make_shared<ScriptTraining>(net, std::move(loss));
}

}  // namespace baton::detail
