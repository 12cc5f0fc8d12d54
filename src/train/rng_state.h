// RngState: the default random generators of the host and of one device.
#pragma once

#include <ATen/core/Tensor.h>

#include <utility>

namespace baton::train {

/// States are uint8 tensors on the host, as Python's torch.get_rng_state() has them.
class RngState {
 public:
  /// As they are now.
  explicit RngState(at::Device device);
  /// As they were. `on_device` is undefined if the device is the host, or its state is not known.
  RngState(at::Device device, at::Tensor host, at::Tensor on_device)
      : device_(device), host_(std::move(host)), on_device_(std::move(on_device)) {}

  /// Throws c10::Error if a state is none, and changes nothing then of that generator.
  void restore() const;

  const at::Tensor& host() const { return host_; }
  const at::Tensor& on_device() const { return on_device_; }

 private:
  at::Device device_;
  at::Tensor host_;
  at::Tensor on_device_;  ///< undefined if the device is the host
};

}  // namespace baton::train
