// EvaluationPass: one pass over a data set without gradients: the mean loss over the samples, and the outputs if
// somebody wants them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
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
  bool keep_outputs = false;
  std::int64_t accumulation_steps = 0;  ///< move the outputs to the host after so many batches; 0: at the end
};

class EvaluationPass {
 public:
  EvaluationPass(TrainingModule& model, HostCopy& host, const EvaluationOptions& options)
      : model_(model), host_(host), options_(options) {}

  /// Leaves the module in evaluation mode. Calls `after_batch` after each batch.
  void run(DataLoader& loader, const std::function<void()>& after_batch);

  /// The mean over the samples, to the last bit the reference's; absent if no batch had a loss.
  std::optional<double> loss() const { return loss_; }
  /// All outputs and labels, on the host; undefined where there were none or none were kept.
  const EvalPrediction& prediction() const { return prediction_; }
  std::int64_t samples() const { return samples_; }
  std::int64_t batches() const { return batches_; }

 private:
  void step(const AnyBatch& batch);
  void move_outputs_to_host();
  std::optional<double> mean_loss();

  TrainingModule& model_;
  HostCopy& host_;
  EvaluationOptions options_;
  std::int64_t samples_ = 0;
  std::int64_t batches_ = 0;
  std::vector<at::Tensor> losses_;     ///< one a batch that had one
  std::vector<std::int64_t> weights_;  ///< its samples
  std::vector<at::Tensor> outputs_;
  std::vector<at::Tensor> labels_;
  std::optional<double> loss_;
  EvalPrediction prediction_;
};

}  // namespace baton::train
