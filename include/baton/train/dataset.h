// Dataset: where samples come from, a batch at a time. TensorDataset serves tensors that lie in memory.
// Data without a length: baton/train/stream.h. The order of the samples and the batches made of them:
// baton/train/data_loader.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

#include "baton/train/batch.h"
#include "baton/train/sample_random.h"

namespace baton {

/// Which samples to fetch, and the randomness that belongs to them.
struct FetchRequest {
  std::span<const std::int64_t> indices;
  std::int64_t seed = 0;
  std::int64_t epoch = 0;  ///< 0 in evaluations: each sees the same samples

  /// Of the sample at indices[position]. Draw from nothing else in a fetch: LibTorch's own generator is the training
  /// step's.
  SampleRandom random(std::size_t position) const { return {seed, epoch, indices[position]}; }
};

/// Data with a length. Several threads may call `fetch` at once.
class Dataset {
 public:
  virtual ~Dataset() = default;
  /// Number of samples.
  virtual std::int64_t size() const = 0;
  /// The samples at `request.indices`, in that order: a Batch, or any other batch type.
  virtual AnyBatch fetch(const FetchRequest& request) const = 0;
  /// The length of each sample, for train_sampling_strategy=group_by_length; empty if that is not known.
  virtual std::span<const std::int64_t> lengths() const { return {}; }
};

/// `dataset` with lengths of its samples. Throws ConfigError unless there is one for each.
std::shared_ptr<const Dataset> with_lengths(std::shared_ptr<const Dataset> dataset, std::vector<std::int64_t> lengths);

/// What is done to every batch before it is used, for example bytes made into floats. Runs without gradients.
using BatchTransform = std::function<Batch(Batch)>;
/// One that knows which samples it is given, for example to flip some of them at random.
using SampleTransform = std::function<Batch(Batch, const FetchRequest&)>;

/// Samples that lie in two tensors; a batch is one index_select on each. Keep images as bytes and convert them in
/// `transform`: that is faster than converting the whole set and needs a quarter of the memory.
class TensorDataset final : public Dataset {
 public:
  /// `labels` may be undefined. Throws ConfigError if `inputs` is undefined or a scalar, or if the two differ in
  /// length.
  explicit TensorDataset(at::Tensor inputs, at::Tensor labels = {});
  TensorDataset(at::Tensor inputs, at::Tensor labels, BatchTransform transform);
  TensorDataset(at::Tensor inputs, at::Tensor labels, SampleTransform transform);

  std::int64_t size() const override;
  /// Throws c10::Error for an index out of range.
  AnyBatch fetch(const FetchRequest& request) const override;

 private:
  at::Tensor inputs_;
  at::Tensor labels_;
  SampleTransform transform_;
};

}  // namespace baton
