#include "src/train/host_copy.h"

#include <ATen/ops/stack.h>

namespace baton::train {

std::vector<float> HostCopy::scalars(const std::vector<at::Tensor>& tensors) {
  if (tensors.empty()) return {};
  const at::Tensor values = tensor(at::stack(tensors).to(at::kFloat));
  const float* data = values.const_data_ptr<float>();
  return {data, data + values.numel()};
}

at::Tensor HostCopy::tensor(const at::Tensor& source) {
  ++count_;
  return source.to(at::kCPU);
}

}  // namespace baton::train
