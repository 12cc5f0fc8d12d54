#include "baton/train/dataset.h"

#include <ATen/ops/from_blob.h>
#include <ATen/ops/index_select.h>

#include <string>
#include <utility>

#include "baton/core/errors.h"

namespace baton {

TensorDataset::TensorDataset(at::Tensor inputs, at::Tensor labels, BatchTransform transform)
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

Batch TensorDataset::fetch(std::span<const std::int64_t> indices) const {
  // index_select only reads its index, so the cast is safe.
  const at::Tensor index = at::from_blob(const_cast<std::int64_t*>(indices.data()),
                                         {static_cast<std::int64_t>(indices.size())}, at::TensorOptions(at::kLong));
  Batch batch{at::index_select(inputs_, 0, index.to(inputs_.device())), {}};
  if (labels_.defined()) batch.labels = at::index_select(labels_, 0, index.to(labels_.device()));
  return transform_ ? transform_(std::move(batch)) : batch;
}

}  // namespace baton
