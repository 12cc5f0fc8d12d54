// HostCopy: the only way from the device to the host in the engine, so that host synchronisations can be counted.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace baton::train {

class HostCopy {
 public:
  /// The values of scalar tensors of one dtype and device, as float32.
  std::vector<float> scalars(const std::vector<at::Tensor>& tensors);
  at::Tensor tensor(const at::Tensor& source);
  /// How often the host has waited for the device.
  std::int64_t count() const { return count_; }

 private:
  std::int64_t count_ = 0;
};

}  // namespace baton::train
