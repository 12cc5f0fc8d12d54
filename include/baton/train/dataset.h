// Dataset: where samples come from, a batch at a time. TensorDataset serves tensors that lie in memory.
// The order of the samples and the batches made of them: baton/train/data_loader.h.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include <ATen/core/Tensor.h>

namespace baton {

/// What one training or evaluation step works on. The first dimension counts the samples.
struct Batch {
  at::Tensor inputs;
  at::Tensor labels;  ///< undefined for data without labels

  std::int64_t size() const { return inputs.defined() ? inputs.size(0) : 0; }
};

/// Data with a length. `fetch` must be safe to call from several threads at once.
class Dataset {
 public:
  virtual ~Dataset() = default;
  /// Number of samples.
  virtual std::int64_t size() const = 0;
  /// The samples at `indices`, in that order.
  virtual Batch fetch(std::span<const std::int64_t> indices) const = 0;
};

/// What is done to every batch before it is used, for example bytes made into floats. Runs without gradients.
using BatchTransform = std::function<Batch(Batch)>;

/// Samples that lie in two tensors; a batch is one index_select on each. Keep images as bytes and convert them in
/// `transform`: that is faster than converting the whole set and needs a quarter of the memory.
class TensorDataset final : public Dataset {
 public:
  /// `labels` may be undefined. Throws ConfigError if `inputs` is undefined or a scalar, or if the two differ in
  /// length.
  explicit TensorDataset(at::Tensor inputs, at::Tensor labels = {}, BatchTransform transform = {});

  std::int64_t size() const override;
  /// Throws c10::Error for an index out of range.
  Batch fetch(std::span<const std::int64_t> indices) const override;

 private:
  at::Tensor inputs_;
  at::Tensor labels_;
  BatchTransform transform_;
};

}  // namespace baton
