// from_torch_dataset: data sets of torch::data, served by Baton's loader.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <c10/util/ArrayRef.h>

#include "baton/core/errors.h"
#include "baton/train/collate.h"
#include "baton/train/data_source.h"

namespace baton {

namespace detail {

// torch::data::Example<> and torch::data::TensorExample, known by their members: the header that defines them costs
// seconds.
template <class T>
concept TorchExample = requires(T& example) {
  { example.data } -> std::convertible_to<at::Tensor>;
};
template <class T>
concept ManyTorchExamples = requires(T& examples) {
  examples.begin();
  requires TorchExample<std::remove_reference_t<decltype(*examples.begin())>>;
};

template <TorchExample Example>
Sample to_sample(Example& example) {
  if constexpr (requires { requires std::convertible_to<decltype(example.target), at::Tensor>; }) {
    return {std::move(example.data), std::move(example.target)};
  } else {
    return {std::move(example.data), {}};
  }
}

/// What a data set of torch::data returns as a batch: one example that is stacked already, or one for each sample.
struct ExamplesToBatch {
  template <TorchExample Example>
  Batch operator()(Example example) const {
    Sample whole = to_sample(example);
    return {std::move(whole.input), std::move(whole.label)};
  }
  template <ManyTorchExamples Examples>
  Batch operator()(Examples examples) const {
    std::vector<Sample> samples;
    for (auto& example : examples) samples.push_back(to_sample(example));
    return collate(samples);
  }
};

template <class TorchDataset>
concept WithIndices = requires(TorchDataset& dataset, c10::ArrayRef<std::size_t> indices) {
  dataset.get_batch(indices);
  dataset.size();
};
template <class TorchDataset>
concept WithState = requires(TorchDataset& dataset, std::size_t count) {
  dataset.reset();
  dataset.get_batch(count).has_value();
};

/// Each fetch under way has a copy of the data set to itself, as in LibTorch's own loader: get_batch may change it.
template <class TorchDataset, class Convert>
class OfTorchDataset final : public Dataset {
 public:
  OfTorchDataset(TorchDataset dataset, Convert convert) : original_(std::move(dataset)), convert_(std::move(convert)) {
    const std::optional<std::size_t> size = original_.size();
    if (!size) throw ConfigError("from_torch_dataset: the data set does not say its size");
    size_ = static_cast<std::int64_t>(*size);
  }

  std::int64_t size() const override { return size_; }
  AnyBatch fetch(const FetchRequest& request) const override {
    const std::vector<std::size_t> indices(request.indices.begin(), request.indices.end());
    std::unique_ptr<TorchDataset> dataset = take_copy();
    AnyBatch batch = convert_(dataset->get_batch(indices));
    const std::lock_guard lock(mutex_);
    copies_.push_back(std::move(dataset));
    return batch;
  }

 private:
  std::unique_ptr<TorchDataset> take_copy() const {
    const std::lock_guard lock(mutex_);
    if (copies_.empty()) return std::make_unique<TorchDataset>(original_);
    std::unique_ptr<TorchDataset> copy = std::move(copies_.back());
    copies_.pop_back();
    return copy;
  }

  TorchDataset original_;
  Convert convert_;
  std::int64_t size_ = 0;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<TorchDataset>> copies_;  ///< that no fetch uses
};

template <class TorchDataset, class Convert>
class OfStatefulDataset final : public Stream {
 public:
  OfStatefulDataset(TorchDataset dataset, Convert convert)
      : dataset_(std::move(dataset)), convert_(std::move(convert)) {}

  bool restarts() const override { return true; }
  void begin(const StreamPass& /*pass*/) override { dataset_.reset(); }
  std::optional<AnyBatch> next(std::int64_t samples) override {
    auto examples = dataset_.get_batch(static_cast<std::size_t>(samples));
    if (!examples.has_value()) return std::nullopt;
    return convert_(std::move(*examples));
  }

 private:
  TorchDataset dataset_;
  Convert convert_;
};

}  // namespace detail

/// A data set of torch::data with get_batch(indices) and size(), mapped or not. `convert` makes a batch of what its
/// get_batch returns; the default takes examples of tensors, stacked or not. The data set is copied for each thread
/// that fetches. Order and batches are Baton's: samplers of torch::data are not used. Throws ConfigError if the data
/// set does not know its size.
template <detail::WithIndices TorchDataset, class Convert = detail::ExamplesToBatch>
std::shared_ptr<const Dataset> from_torch_dataset(TorchDataset dataset, Convert convert = {}) {
  return std::make_shared<const detail::OfTorchDataset<TorchDataset, Convert>>(std::move(dataset), std::move(convert));
}

/// The same for a stateful one, such as a ChunkDataset: a stream, reset before each pass. It is exact after a resume if
/// its order after a reset always is the same.
template <detail::WithState TorchDataset, class Convert = detail::ExamplesToBatch>
std::shared_ptr<Stream> from_torch_dataset(TorchDataset dataset, Convert convert = {}) {
  return std::make_shared<detail::OfStatefulDataset<TorchDataset, Convert>>(std::move(dataset), std::move(convert));
}

}  // namespace baton
