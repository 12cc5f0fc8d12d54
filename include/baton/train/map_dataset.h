// map_dataset: a data set made from a function that gives one sample, or a whole batch.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "baton/train/collate.h"
#include "baton/train/dataset.h"

namespace baton {

namespace detail {

template <class Get>
concept GetsBatch = std::invocable<const Get&, const FetchRequest&>;
template <class Get>
concept GetsRandomSample = std::invocable<const Get&, std::int64_t, SampleRandom&>;
template <class Get>
concept GetsSample = GetsRandomSample<Get> || std::invocable<const Get&, std::int64_t>;

template <class Get>
class BatchFunctionDataset final : public Dataset {
 public:
  BatchFunctionDataset(std::int64_t size, Get get) : size_(size), get_(std::move(get)) {}

  std::int64_t size() const override { return size_; }
  AnyBatch fetch(const FetchRequest& request) const override { return get_(request); }

 private:
  std::int64_t size_;
  Get get_;
};

template <class Get, class Collate>
class SampleFunctionDataset final : public Dataset {
 public:
  SampleFunctionDataset(std::int64_t size, Get get, Collate collate)
      : size_(size), get_(std::move(get)), collate_(std::move(collate)) {}

  std::int64_t size() const override { return size_; }
  AnyBatch fetch(const FetchRequest& request) const override {
    std::vector<decltype(sample(request, 0))> samples;
    samples.reserve(request.indices.size());
    for (std::size_t i = 0; i < request.indices.size(); ++i) {
      try {
        samples.push_back(sample(request, i));
      } catch (...) {
        throw_sample_error(request.indices[i]);
      }
    }
    return collate_(std::move(samples));
  }

 private:
  auto sample(const FetchRequest& request, std::size_t position) const {
    if constexpr (GetsRandomSample<Get>) {
      SampleRandom random = request.random(position);
      return get_(request.indices[position], random);
    } else {
      return get_(request.indices[position]);
    }
  }

  std::int64_t size_;
  Get get_;
  Collate collate_;
};

}  // namespace detail

/// A data set of `size` samples. `get` returns one of them, `get(std::int64_t index)`, or with random numbers of its
/// own `get(std::int64_t index, SampleRandom& random)`; `collate` makes a batch of them. Several threads call both at
/// once. An exception becomes an Error that names the sample.
template <detail::GetsSample Get, class Collate = DefaultCollate>
std::shared_ptr<const Dataset> map_dataset(std::int64_t size, Get get, Collate collate = {}) {
  return std::make_shared<const detail::SampleFunctionDataset<Get, Collate>>(size, std::move(get), std::move(collate));
}

/// The same from a function that gives whole batches, `get(const FetchRequest& request)`: faster, where the source can.
template <detail::GetsBatch Get>
std::shared_ptr<const Dataset> map_dataset(std::int64_t size, Get get) {
  return std::make_shared<const detail::BatchFunctionDataset<Get>>(size, std::move(get));
}

}  // namespace baton
