#include "src/train/evaluation_pass.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "baton/core/errors.h"
#include "src/base/float_mean.h"
#include "src/train/autocast.h"
#include "src/train/device.h"
#include "src/train/torch_errors.h"

namespace baton::train {
namespace {

constexpr std::int64_t kPadding = -100;

/// With its second dimension filled up to `width`.
at::Tensor padded(const at::Tensor& tensor, std::int64_t width) {
  if (tensor.size(1) == width) return tensor;
  std::vector<std::int64_t> sizes = tensor.sizes().vec();
  sizes[1] = width;
  at::Tensor wide = at::full(sizes, kPadding, tensor.options());
  wide.narrow(1, 0, tensor.size(1)).copy_(tensor);
  return wide;
}

/// Batches that were padded to different lengths are made as long as the longest.
at::Tensor joined(std::vector<at::Tensor>& parts) {
  if (parts.empty()) return {};
  std::int64_t width = 0;
  for (const at::Tensor& part : parts) width = std::max(width, part.dim() < 2 ? 0 : part.size(1));
  for (at::Tensor& part : parts) part = part.dim() < 2 ? part : padded(part, width);
  return at::cat(parts);
}

/// What autocast left in half precision.
at::Tensor in_single(const at::Tensor& tensor) {
  const bool is_half = tensor.defined() && (tensor.scalar_type() == at::kHalf || tensor.scalar_type() == at::kBFloat16);
  return is_half ? tensor.to(at::kFloat) : tensor;
}

}  // namespace

void EvaluationPass::run(DataLoader& loader, const std::function<void()>& after_batch) {
  const at::NoGradGuard no_grad;
  loader.begin_epoch(0);
  std::optional<AnyBatch> batch = loader.next();
  while (batch) {
    std::optional<AnyBatch> following = loader.next();  // first, for data without a length: the last batch is told so
    move_to_device(*batch, options_.device);
    step(*batch, !following);
    after_batch();
    batch = std::move(following);
  }
  move_kept_to_host();
  prediction_ = {joined(outputs_), joined(labels_), joined(inputs_), joined(losses_)};
  loss_ = mean_loss();
}

void EvaluationPass::step(const AnyBatch& batch, bool is_last) {
  EvalStep result;
  with_clear_errors("Evaluation step", &batch, [&] {
    const Autocast autocast(options_.device.type(), options_.autocast);
    result = evaluation_step_(batch);
  });
  if (options_.autocast) {
    result.loss = in_single(result.loss);
    result.outputs = in_single(result.outputs);
  }
  ++batches_;
  samples_ += batch.size();
  EvalPrediction part{.predictions = result.outputs.defined() ? result.outputs.detach() : at::Tensor(),
                      .labels = result.labels.defined() ? result.labels : batch.labels(),
                      .compute_result = is_last};
  if (options_.keep_inputs) part.inputs = batch.inputs();
  if (result.loss.defined()) {
    mean_losses_.push_back(result.loss.detach().mean());
    weights_.push_back(batch.size());
    if (options_.keep_losses) part.losses = mean_losses_.back().repeat({batch.size()});
  }
  if (options_.batch_metrics) measure(part);
  keep(part);
  if (options_.accumulation_steps > 0 && batches_ % options_.accumulation_steps == 0) move_kept_to_host();
}

void EvaluationPass::measure(const EvalPrediction& part) {
  if (!part.predictions.defined() || !part.labels.defined()) return;
  const auto on_host = [&](const at::Tensor& tensor) {
    return !tensor.defined() || tensor.is_cpu() ? tensor : host_.tensor(tensor);
  };
  const EvalPrediction moved{on_host(part.predictions), on_host(part.labels), on_host(part.inputs),
                             on_host(part.losses), part.compute_result};
  with_clear_errors("compute_metrics", nullptr, [&] { metrics_ = options_.batch_metrics(moved); });
}

void EvaluationPass::keep(const EvalPrediction& part) {
  if (!options_.keep_outputs) return;
  if (part.predictions.defined()) outputs_.push_back(part.predictions);
  if (part.labels.defined()) labels_.push_back(part.labels);
  if (part.inputs.defined()) inputs_.push_back(part.inputs);
  if (part.losses.defined()) losses_.push_back(part.losses);
}

void EvaluationPass::move_kept_to_host() {
  for (std::vector<at::Tensor>* tensors : {&outputs_, &labels_, &inputs_, &losses_}) {
    for (at::Tensor& tensor : *tensors) {
      if (!tensor.is_cpu()) tensor = host_.tensor(tensor);
    }
  }
}

std::optional<double> EvaluationPass::mean_loss() {
  if (mean_losses_.empty()) return std::nullopt;
  const std::vector<float> losses = host_.scalars(mean_losses_);
  const bool finite_only = options_.leave_out_nonfinite &&
                           std::any_of(losses.begin(), losses.end(), [](float loss) { return std::isfinite(loss); });
  std::vector<FloatRun> runs;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    if (!finite_only || std::isfinite(losses[i])) runs.push_back({losses[i], weights_[i]});
  }
  return float_mean(runs);
}

}  // namespace baton::train
