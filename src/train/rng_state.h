// RngState: the default random generators of the host and of one device.
#pragma once

#include <ATen/core/Tensor.h>

namespace baton::train {

class RngState {
 public:
  /// As they are now.
  explicit RngState(at::Device device);
  void restore() const;

 private:
  at::Device device_;
  at::Tensor host_;
  at::Tensor on_device_;  ///< undefined if the device is the host
};

}  // namespace baton::train
