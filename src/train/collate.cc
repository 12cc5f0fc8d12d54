#include "baton/train/collate.h"

#include <ATen/ops/pad_sequence.h>
#include <ATen/ops/stack.h>

#include <sstream>
#include <string>

#include "baton/core/errors.h"
#include "src/train/torch_errors.h"

namespace baton {
namespace {

void check_same_shape(const std::vector<at::Tensor>& samples) {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].defined() && samples[i].sizes() == samples[0].sizes()) continue;
    std::ostringstream message;
    message << "Samples that differ in shape cannot be stacked: number 0 of the batch is " << samples[0].sizes()
            << ", number " << i << " is ";
    if (samples[i].defined()) message << samples[i].sizes() << "; PadToLongest stacks what differs in length";
    if (!samples[i].defined()) message << "undefined";
    throw ConfigError(message.str());
  }
}

/// Undefined if no sample has the tensor.
template <class Join>
at::Tensor joined(const std::vector<Sample>& samples, at::Tensor Sample::*part, const Join& join) {
  std::vector<at::Tensor> parts;
  parts.reserve(samples.size());
  for (const Sample& sample : samples) parts.push_back(sample.*part);
  return samples.empty() || !parts.front().defined() ? at::Tensor() : join(parts);
}

at::Tensor padded(const std::vector<at::Tensor>& samples, double value) {
  if (samples.front().dim() == 0) return collate(samples);
  return at::pad_sequence(samples, /*batch_first=*/true, value);
}

}  // namespace

void detail::throw_sample_error(std::int64_t index) { train::throw_with_cause("Sample " + std::to_string(index)); }

void detail::throw_other_names() {
  throw ConfigError("The samples of a batch must have the same names, found some that others do not have");
}

at::Tensor collate(const std::vector<at::Tensor>& samples) {
  if (samples.empty()) return {};
  check_same_shape(samples);
  return at::stack(samples);
}

Batch collate(const std::vector<Sample>& samples) {
  const auto stack = [](const std::vector<at::Tensor>& parts) { return collate(parts); };
  return {joined(samples, &Sample::input, stack), joined(samples, &Sample::label, stack)};
}

Batch PadToLongest::operator()(const std::vector<Sample>& samples) const {
  const auto pad_with = [](double value) {
    return [value](const std::vector<at::Tensor>& parts) { return padded(parts, value); };
  };
  return {joined(samples, &Sample::input, pad_with(input_padding)),
          joined(samples, &Sample::label, pad_with(label_padding))};
}

TensorMap PadToLongest::operator()(const std::vector<TensorMap>& samples) const {
  TensorMap batch;
  if (samples.empty()) return batch;
  for (const auto& [name, part] : samples.front()) {
    const auto value = padding.find(name);
    batch.emplace(name, padded(detail::entries(samples, name), value == padding.end() ? 0.0 : value->second));
  }
  return batch;
}

}  // namespace baton
