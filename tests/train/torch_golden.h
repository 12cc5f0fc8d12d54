// Reads golden files that PyTorch wrote, and compares with them: to the bit on the kind of processor that wrote them.
#pragma once

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "baton/core/value.h"

namespace baton::train {

class TorchGolden {
 public:
  explicit TorchGolden(const std::string& file = "torch.json");

  const Record& root() const { return root_; }
  const Value::List& list(std::string_view key) const { return *root_.find(key)->list(); }

  /// Fails unless the tensor's elements are those of `expected`: exactly where `same_machine()`, else nearly.
  void expect_equal(const at::Tensor& tensor, const Value& expected) const;
  bool same_machine() const { return same_machine_; }

 private:
  Record root_;
  bool same_machine_;
};

/// The generator scripts' bits(): one number for all bits of a tensor.
std::int64_t bits_of(const at::Tensor& tensor);

at::Tensor tensor_of(const std::vector<float>& values);
std::vector<double> numbers_of(const Value& list);

/// The generator script's gradients_of_step().
std::vector<at::Tensor> golden_gradients(int step, const std::vector<int>& sizes);

}  // namespace baton::train
