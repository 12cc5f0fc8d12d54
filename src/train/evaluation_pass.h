// EvaluationPass: one pass over a data set without gradients: the mean loss over the samples, the outputs if somebody
// wants them, and metrics that are computed batch by batch.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "baton/train/data_loader.h"
#include "baton/train/metrics.h"
#include "baton/train/training_module.h"
#include "src/train/host_copy.h"

namespace baton::train {

struct EvaluationOptions {
  at::Device device = at::Device(at::kCPU);
  std::optional<at::ScalarType> autocast{};  ///< outputs and losses are single precision all the same
  bool leave_out_nonfinite = true;           ///< batch losses that are not finite count only if there is no finite one
  bool keep_outputs = false;                 ///< and labels
  bool keep_inputs = false;
  bool keep_losses = false;
  std::int64_t accumulation_steps = 0;  ///< move what is kept to the host after so many batches; 0: at the end
  MetricsFunction batch_metrics;        ///< called with every batch that has outputs and labels; may be empty
};

class EvaluationPass {
 public:
  /// `step` is called without gradients.
  EvaluationPass(std::function<EvalStep(const AnyBatch&)> step, HostCopy& host, EvaluationOptions options)
      : evaluation_step_(std::move(step)), host_(host), options_(std::move(options)) {}

  /// Calls `after_batch` after each batch.
  void run(DataLoader& loader, const std::function<void()>& after_batch);

  /// The mean over the samples, to the last bit the reference's; absent if no batch had a loss.
  std::optional<double> loss() const { return loss_; }
  /// All that was kept, on the host; undefined where there was nothing or nothing was kept.
  const EvalPrediction& prediction() const { return prediction_; }
  /// What batch_metrics returned for the last batch.
  const Record& metrics() const { return metrics_; }
  std::int64_t samples() const { return samples_; }
  std::int64_t batches() const { return batches_; }

 private:
  void step(const AnyBatch& batch, bool is_last);
  void keep(const EvalPrediction& part);
  void measure(const EvalPrediction& part);
  void move_kept_to_host();
  std::optional<double> mean_loss();

  std::function<EvalStep(const AnyBatch&)> evaluation_step_;
  HostCopy& host_;
  EvaluationOptions options_;
  std::int64_t samples_ = 0;
  std::int64_t batches_ = 0;
  std::vector<at::Tensor> mean_losses_;  ///< one a batch that had one
  std::vector<std::int64_t> weights_;    ///< its samples
  std::vector<at::Tensor> outputs_;
  std::vector<at::Tensor> labels_;
  std::vector<at::Tensor> inputs_;
  std::vector<at::Tensor> losses_;  ///< one number a sample
  std::optional<double> loss_;
  EvalPrediction prediction_;
  Record metrics_;
};

}  // namespace baton::train
