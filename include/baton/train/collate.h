// Collating: how single samples become a batch. Tensors of one shape are stacked; PadToLongest stacks what differs in
// length.
//
// For a sample type of your own write `MyBatch collate(std::vector<MySample> samples)` in its namespace, or pass a
// function where one is taken.
#pragma once

#include <concepts>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "baton/train/batch.h"

namespace baton {

/// The everyday sample, without a dimension for the samples of a batch.
struct Sample {
  at::Tensor input;
  at::Tensor label;  ///< undefined for data without labels
};

/// These throw ConfigError for samples of different shapes, and where a label or a name is missing in some of them.
at::Tensor collate(const std::vector<at::Tensor>& samples);
Batch collate(const std::vector<Sample>& samples);

/// Name by name. The parts are collated as samples of their own.
template <class T>
auto collate(const std::vector<std::map<std::string, T>>& samples);

/// Pads dimension 0 of the samples at its end to that of the longest one, and stacks them; single numbers are stacked
/// as they are. For a mask give each sample an entry of ones: its padding is 0.
struct PadToLongest {
  double input_padding = 0.0;
  double label_padding = -100.0;  ///< the label that LibTorch's cross entropy leaves out
  /// For named tensors: what each is padded with; 0 where nothing is said.
  std::map<std::string, double> padding{};

  Batch operator()(const std::vector<Sample>& samples) const;
  TensorMap operator()(const std::vector<TensorMap>& samples) const;
};

/// What collates unless another function is given.
struct DefaultCollate {
  template <class T>
  auto operator()(std::vector<T> samples) const {
    return collate(std::move(samples));
  }
};

namespace detail {

/// To be called while an exception is handled: throws an Error that names the sample, the exception nested in it.
[[noreturn]] void throw_sample_error(std::int64_t index);
[[noreturn]] void throw_other_names();

/// Entry `name` of every sample.
template <class T>
std::vector<T> entries(const std::vector<std::map<std::string, T>>& samples, const std::string& name) {
  std::vector<T> parts;
  parts.reserve(samples.size());
  for (const auto& sample : samples) {
    const auto found = sample.find(name);
    if (found == sample.end() || sample.size() != samples.front().size()) throw_other_names();
    parts.push_back(found->second);
  }
  return parts;
}

}  // namespace detail

template <class T>
auto collate(const std::vector<std::map<std::string, T>>& samples) {
  std::map<std::string, decltype(collate(std::vector<T>()))> batch;
  if (samples.empty()) return batch;
  for (const auto& [name, part] : samples.front()) batch.emplace(name, collate(detail::entries(samples, name)));
  return batch;
}

}  // namespace baton
