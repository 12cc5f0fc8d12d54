// FloatParams: parameters in half precision, to be updated in single precision and rounded once.
#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

namespace baton::train {

/// Single precision for half precision, else the type itself.
at::ScalarType compute_type(at::ScalarType type);

class FloatParams {
 public:
  /// `params` are of one type and must outlive this.
  explicit FloatParams(at::TensorList params);

  /// The parameters, or copies where they are in half precision.
  at::TensorList values() const { return copies_.empty() ? params_ : at::TensorList(copies_); }
  /// Rounds changed copies back.
  void write_back() const;

 private:
  at::TensorList params_;
  std::vector<at::Tensor> copies_;
};

}  // namespace baton::train
