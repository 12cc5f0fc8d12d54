#include "src/train/optimizers/float_params.h"

#include <ATen/ops/_foreach_copy.h>

namespace baton::train {

at::ScalarType compute_type(at::ScalarType type) {
  return type == at::kHalf || type == at::kBFloat16 ? at::kFloat : type;
}

FloatParams::FloatParams(at::TensorList params) : params_(params) {
  const at::ScalarType type = compute_type(params.front().scalar_type());
  if (type == params.front().scalar_type()) return;
  copies_.reserve(params.size());
  for (const at::Tensor& param : params) copies_.push_back(param.to(type));
}

void FloatParams::write_back() const {
  if (!copies_.empty()) at::_foreach_copy_(params_, copies_);
}

}  // namespace baton::train
