#include "src/train/evaluation_pass.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "baton/core/errors.h"
#include "src/base/float_mean.h"
#include "src/train/autocast.h"
#include "src/train/torch_errors.h"

namespace baton::train {
namespace {

at::Tensor joined(const std::vector<at::Tensor>& parts) { return parts.empty() ? at::Tensor() : at::cat(parts); }

/// What autocast left in half precision.
at::Tensor in_single(const at::Tensor& tensor) {
  const bool is_half = tensor.defined() && (tensor.scalar_type() == at::kHalf || tensor.scalar_type() == at::kBFloat16);
  return is_half ? tensor.to(at::kFloat) : tensor;
}

}  // namespace

void EvaluationPass::run(DataLoader& loader, const std::function<void()>& after_batch) {
  const at::NoGradGuard no_grad;
  model_.train(false);
  loader.begin_epoch(0);
  while (std::optional<AnyBatch> batch = loader.next()) {
    batch->move_to(options_.device);
    step(*batch);
    if (options_.accumulation_steps > 0 && batches_ % options_.accumulation_steps == 0) move_outputs_to_host();
    after_batch();
  }
  move_outputs_to_host();
  prediction_ = {joined(outputs_), joined(labels_)};
  loss_ = mean_loss();
}

void EvaluationPass::step(const AnyBatch& batch) {
  EvalStep result;
  with_clear_errors("Evaluation step", &batch, [&] {
    const Autocast autocast(options_.device.type(), options_.autocast);
    result = model_.evaluation_step(batch);
  });
  if (options_.autocast) {
    result.loss = in_single(result.loss);
    result.outputs = in_single(result.outputs);
  }
  ++batches_;
  samples_ += batch.size();
  if (result.loss.defined()) {
    losses_.push_back(result.loss.detach().mean());
    weights_.push_back(batch.size());
  }
  if (!options_.keep_outputs) return;
  if (result.outputs.defined()) outputs_.push_back(result.outputs.detach());
  const at::Tensor labels = result.labels.defined() ? result.labels : batch.labels();
  if (labels.defined()) labels_.push_back(labels);
}

void EvaluationPass::move_outputs_to_host() {
  for (std::vector<at::Tensor>* tensors : {&outputs_, &labels_}) {
    for (at::Tensor& tensor : *tensors) {
      if (!tensor.is_cpu()) tensor = host_.tensor(tensor);
    }
  }
}

std::optional<double> EvaluationPass::mean_loss() {
  if (losses_.empty()) return std::nullopt;
  const std::vector<float> losses = host_.scalars(losses_);
  const bool finite_only = options_.leave_out_nonfinite &&
                           std::any_of(losses.begin(), losses.end(), [](float loss) { return std::isfinite(loss); });
  std::vector<FloatRun> runs;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    if (!finite_only || std::isfinite(losses[i])) runs.push_back({losses[i], weights_[i]});
  }
  return float_mean(runs);
}

}  // namespace baton::train
