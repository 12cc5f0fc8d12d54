#include "baton/train/label_smoothing.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tests/train/torch_golden.h"

namespace baton {
namespace {

using train::numbers_of;
using train::TorchGolden;

std::vector<std::int64_t> whole_numbers(const Value& list) {
  std::vector<std::int64_t> numbers;
  for (const Value& item : *list.list()) numbers.push_back(*item.integer());
  return numbers;
}

TEST(LabelSmoothedLoss, EqualsTheReferences) {
  const TorchGolden golden("precision.json");
  for (const Value& value : golden.list("smoothed")) {
    const Record& row = *value.record();
    std::vector<std::int64_t> shape = whole_numbers(*row.find("shape"));
    const at::Tensor logits = torch::tensor(numbers_of(*row.find("logits"))).to(at::kFloat).reshape(shape);
    shape.pop_back();
    const at::Tensor labels = torch::tensor(whole_numbers(*row.find("labels"))).reshape(shape);
    golden.expect_equal(label_smoothed_loss(logits, labels, row.number("factor")), Value::List{*row.find("loss")});
  }
}

TEST(LabelSmoothedLoss, IsCrossEntropyWithoutSmoothing) {
  torch::manual_seed(1);
  const at::Tensor logits = torch::randn({6, 5});
  const at::Tensor labels = torch::randint(5, {6});
  const at::Tensor expected = torch::nn::functional::cross_entropy(logits, labels);
  EXPECT_TRUE(label_smoothed_loss(logits, labels, 0.0).allclose(expected));
}

TEST(LabelSmoothedLoss, IsInSinglePrecisionForLogitsInHalf) {
  const at::Tensor logits = torch::ones({2, 3}, at::kBFloat16).set_requires_grad(true);
  const at::Tensor loss = label_smoothed_loss(logits, torch::zeros({2}, at::kLong), 0.1);
  EXPECT_EQ(loss.scalar_type(), at::kFloat);
  loss.backward();
  EXPECT_EQ(logits.grad().scalar_type(), at::kBFloat16);
}

TEST(LabelSmoothedLoss, RefusesLabelsThatAreNoClasses) {
  EXPECT_THROW(label_smoothed_loss(torch::ones({2, 3}), torch::ones({2, 1}), 0.1), c10::Error);
}

}  // namespace
}  // namespace baton
