#include "src/train/gradients.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tests/train/torch_golden.h"

namespace baton::train {
namespace {

TEST(Gradients, AreThoseThatAreThere) {
  const std::vector<at::Tensor> parameters = {torch::ones(1), torch::ones(1)};
  parameters[1].mutable_grad() = torch::ones(1);
  std::vector<at::Tensor> gradients = {torch::zeros(1), torch::zeros(1)};
  collect_gradients(parameters, gradients);
  ASSERT_EQ(gradients.size(), 1U);
  EXPECT_TRUE(gradients[0].is_same(parameters[1].grad()));
}

TEST(Gradients, NormAndClippingEqualPythons) {
  const TorchGolden golden;
  for (const Value& row : golden.list("clips")) {
    const Record& expected = *row.record();
    const auto gradients = golden_gradients(3, {48, 16});
    const at::Tensor norm = gradient_norm(gradients);
    clip_gradients(gradients, norm, expected.number("max_norm"));
    golden.expect_equal(norm, Value::List{*expected.find("norm")});
    for (std::size_t i = 0; i < gradients.size(); ++i)
      golden.expect_equal(gradients[i], (*expected.find("clipped")->list())[i]);
  }
}

TEST(Gradients, NormIsZeroWithoutGradients) {
  EXPECT_EQ(gradient_norm({}).item<float>(), 0.0F);
  clip_gradients({}, gradient_norm({}), 1.0);
}

}  // namespace
}  // namespace baton::train
