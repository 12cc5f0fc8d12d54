#include "baton/train/dataset.h"

#include <ATen/ops/from_blob.h>
#include <ATen/ops/index_select.h>

#include <string>
#include <utility>

#include "baton/core/errors.h"

namespace baton {
namespace {

class WithLengths final : public Dataset {
 public:
  WithLengths(std::shared_ptr<const Dataset> dataset, std::vector<std::int64_t> lengths)
      : dataset_(std::move(dataset)), lengths_(std::move(lengths)) {}

  std::int64_t size() const override { return dataset_->size(); }
  AnyBatch fetch(const FetchRequest& request) const override { return dataset_->fetch(request); }
  std::span<const std::int64_t> lengths() const override { return lengths_; }

 private:
  std::shared_ptr<const Dataset> dataset_;
  std::vector<std::int64_t> lengths_;
};

}  // namespace

std::shared_ptr<const Dataset> with_lengths(std::shared_ptr<const Dataset> dataset, std::vector<std::int64_t> lengths) {
  if (!dataset) throw ConfigError("with_lengths: there is no data set");
  if (static_cast<std::int64_t>(lengths.size()) != dataset->size()) {
    throw ConfigError("with_lengths: found " + std::to_string(lengths.size()) + " lengths, expected one for each of " +
                      std::to_string(dataset->size()) + " samples");
  }
  return std::make_shared<const WithLengths>(std::move(dataset), std::move(lengths));
}

TensorDataset::TensorDataset(at::Tensor inputs, at::Tensor labels)
    : TensorDataset(std::move(inputs), std::move(labels), SampleTransform()) {}

TensorDataset::TensorDataset(at::Tensor inputs, at::Tensor labels, BatchTransform transform)
    : TensorDataset(std::move(inputs), std::move(labels),
                    transform ? [transform = std::move(transform)](
                                    Batch batch, const FetchRequest&) { return transform(std::move(batch)); }
                              : SampleTransform()) {}

TensorDataset::TensorDataset(at::Tensor inputs, at::Tensor labels, SampleTransform transform)
    : inputs_(std::move(inputs)), labels_(std::move(labels)), transform_(std::move(transform)) {
  if (!inputs_.defined() || inputs_.dim() == 0) {
    throw ConfigError("TensorDataset: inputs must be a tensor whose first dimension counts the samples");
  }
  if (labels_.defined() && (labels_.dim() == 0 || labels_.size(0) != inputs_.size(0))) {
    const std::string found = labels_.dim() == 0 ? "a scalar" : std::to_string(labels_.size(0));
    throw ConfigError("TensorDataset: labels must have as many samples as inputs, expected " +
                      std::to_string(inputs_.size(0)) + ", found " + found);
  }
}

std::int64_t TensorDataset::size() const { return inputs_.size(0); }

AnyBatch TensorDataset::fetch(const FetchRequest& request) const {
  // index_select only reads its index, so the cast is safe.
  const at::Tensor index =
      at::from_blob(const_cast<std::int64_t*>(request.indices.data()),
                    {static_cast<std::int64_t>(request.indices.size())}, at::TensorOptions(at::kLong));
  Batch batch{at::index_select(inputs_, 0, index.to(inputs_.device())), {}};
  if (labels_.defined()) batch.labels = at::index_select(labels_, 0, index.to(labels_.device()));
  return transform_ ? transform_(std::move(batch), request) : batch;
}

}  // namespace baton
