#include "tests/train/torch_golden.h"

#include <gtest/gtest.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <fstream>
#include <iterator>

#include "src/base/json.h"
#include "tests/fakes/test_files.h"

namespace baton::train {
namespace {

/// MKL has other kernels for the processors of others.
std::string read_cpu_info() {
  std::ifstream file("/proc/cpuinfo");
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TorchGolden::TorchGolden(const std::string& file)
    : root_(*json::parse(fakes::read_test_file("golden/" + file), file).record()),
      same_machine_(*root_.find("cpu_capability")->text() == at::get_cpu_capability() &&
                    read_cpu_info().find(*root_.find("cpu_vendor")->text()) != std::string::npos &&
                    *root_.find("torch")->text() == TORCH_VERSION) {}

void TorchGolden::expect_equal(const at::Tensor& tensor, const Value& expected) const {
  const at::Tensor flat = tensor.detach().flatten().to(at::kDouble);
  const std::vector<double> numbers = numbers_of(expected);
  ASSERT_EQ(flat.numel(), static_cast<std::int64_t>(numbers.size()));
  const at::Tensor wanted = torch::tensor(numbers, at::kDouble);
  const bool is_half = tensor.element_size() == 2;
  const bool fits =
      same_machine() ? flat.equal(wanted) : flat.allclose(wanted, is_half ? 5e-2 : 1e-4, is_half ? 1e-2 : 1e-5);
  EXPECT_TRUE(fits) << flat << "\nexpected\n" << wanted;
}

std::int64_t bits_of(const at::Tensor& tensor) {
  const at::ScalarType whole = tensor.element_size() == 2 ? at::kShort : at::kInt;
  return tensor.detach().contiguous().view(whole).to(at::kLong).sum().item<std::int64_t>();
}

at::Tensor tensor_of(const std::vector<float>& values) { return torch::tensor(values); }

std::vector<double> numbers_of(const Value& list) {
  std::vector<double> numbers;
  for (const Value& item : *list.list()) numbers.push_back(item.number());
  return numbers;
}

std::vector<at::Tensor> golden_gradients(int step, const std::vector<int>& sizes) {
  std::int64_t state = 7 + step;
  std::vector<at::Tensor> gradients;
  for (const int size : sizes) {
    std::vector<float> values;
    for (int i = 0; i < size; ++i) {
      state = (state * 1103515245 + 12345) % (std::int64_t{1} << 31);
      values.push_back(static_cast<float>(state / 65536 % 257 - 128) / 64.0F);
    }
    gradients.push_back(tensor_of(values));
  }
  return gradients;
}

}  // namespace baton::train
