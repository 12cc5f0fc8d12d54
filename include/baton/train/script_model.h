// A TorchScript module, exported from Python or written by another program, as a model that trains:
//
//   torch::jit::Module net = torch::jit::load("net.pt");
//   baton::Trainer trainer({.model = baton::supervised(net, torch::nn::CrossEntropyLoss()), ...});
//   trainer.train();
//   net.save("tuned.pt");
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "baton/train/training_module.h"

namespace torch::jit {
struct Module;
}

namespace baton {

namespace detail {

struct ScriptLoss {
  std::function<at::Tensor(const at::Tensor& outputs, const at::Tensor& labels)> loss;
  std::function<void(at::Device)> to;  ///< moves what the loss has of its own
};

std::shared_ptr<TrainingModule> script_model(const torch::jit::Module& net, ScriptLoss loss);

}  // namespace detail

/// Trains `net` to lower `loss(net.forward(inputs), labels)`, over Batch. The module is shared, not copied. Its forward
/// takes one tensor and returns one; throws ConfigError if it has no parameters. Names in checkpoints are those of the
/// module it was made from. A module that was traced in evaluation mode has no dropout to switch on, a frozen one no
/// parameters: export with torch.jit.script(net) from a net in training mode.
template <class Loss>
std::shared_ptr<TrainingModule> supervised(const torch::jit::Module& net, Loss loss) {
  detail::ScriptLoss wrapped;
  if constexpr (requires(at::Device device) { loss->to(device); }) {
    wrapped.to = [loss](at::Device device) mutable { loss->to(device); };
  }
  wrapped.loss = [loss](const at::Tensor& outputs, const at::Tensor& labels) mutable { return loss(outputs, labels); };
  return detail::script_model(net, std::move(wrapped));
}

}  // namespace baton
