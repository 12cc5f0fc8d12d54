#include "src/train/adamw.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "baton/train/model.h"
#include "src/train/gradients.h"
#include "src/train/weight_decay.h"
#include "tests/train/torch_golden.h"

namespace baton::train {
namespace {

std::vector<at::Tensor> parameters_from(const std::vector<at::Tensor>& values) {
  std::vector<at::Tensor> parameters;
  for (const at::Tensor& value : values) parameters.push_back(value.clone().set_requires_grad(true));
  return parameters;
}

/// The generator script's adamw().
std::vector<at::Tensor> ten_steps(bool fused) {
  const std::vector<int> sizes = {48, 16, 32};
  const auto params = parameters_from(golden_gradients(0, sizes));
  AdamW optimizer({{.params = {params[0], params[2]}, .weight_decay = 0.1}, {.params = {params[1]}}},
                  {.beta1 = 0.9, .beta2 = 0.95, .epsilon = 1e-6, .fused = fused});
  for (int step = 1; step <= 10; ++step) {
    for (ParamGroup& group : optimizer.groups()) group.learning_rate = 1e-2 / step;
    const auto gradients = golden_gradients(step, sizes);
    for (std::size_t i = 0; i < params.size(); ++i) params[i].mutable_grad() = gradients[i];
    if (step == 1 || step == 4) params[2].mutable_grad().reset();
    optimizer.step();
  }
  return params;
}

TEST(AdamW, FusedEqualsPythonsFused) {
  const TorchGolden golden;
  const auto params = ten_steps(true);
  for (std::size_t i = 0; i < params.size(); ++i) golden.expect_equal(params[i], golden.list("adamw_fused")[i]);
}

TEST(AdamW, PlainEqualsPythonsLoop) {
  const TorchGolden golden;
  const auto params = ten_steps(false);
  for (std::size_t i = 0; i < params.size(); ++i) golden.expect_equal(params[i], golden.list("adamw_plain")[i]);
}

TEST(AdamW, LeavesParametersWithoutGradientAlone) {
  const auto params = parameters_from({torch::ones(4), torch::ones(4)});
  AdamW optimizer({{.params = params, .learning_rate = 0.1, .weight_decay = 0.1}}, {});
  params[0].mutable_grad() = torch::ones(4);
  optimizer.step();
  EXPECT_FALSE(params[0].equal(torch::ones(4)));
  EXPECT_TRUE(params[1].equal(torch::ones(4)));
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

TEST(NameDecays, FollowsTheReferencesPatterns) {
  const struct {
    const char* name;
    bool decays;
    const char* why;
  } rows[] = {
      {"linear.weight", true, "plain weight"},
      {"linear.bias", false, "bias"},
      {"unbiased.weight", false, "holds bias anywhere"},
      {"LayerNorm.weight", false, "upper case counts too"},
      {"rmsnorm2.weight", false, "holds rmsnorm"},
      {"block.norm.weight", false, "a part named norm"},
      {"norm", false, "the whole name is norm"},
      {"q_norm.weight", false, "a part that ends in _norm"},
      {"norm1.weight", true, "norm1 is neither norm nor does it end in _norm"},
      {"batchnorm.weight", true, "batchnorm is not in the list"},
      {"normal.weight", true, "begins with norm only"},
  };
  for (const auto& row : rows) EXPECT_EQ(name_decays(row.name), row.decays) << row.name << ": " << row.why;
}

struct NormNet : torch::nn::Module {
  NormNet() {
    linear = register_module("linear", torch::nn::Linear(2, 2));
    scale = register_module("scale", torch::nn::LayerNorm(torch::nn::LayerNormOptions({2})));
    frozen = register_module("frozen", torch::nn::Linear(2, 2));
    for (at::Tensor& parameter : frozen->parameters()) parameter.set_requires_grad(false);
    register_parameter("tied", linear->weight);
  }
  at::Tensor forward(const at::Tensor& x) { return scale(linear(x)); }
  torch::nn::Linear linear{nullptr};
  torch::nn::LayerNorm scale{nullptr};
  torch::nn::Linear frozen{nullptr};
};

TEST(DecayGroups, SparesLayerNormModulesSkipsFrozenAndTakesTiedTensorsOnce) {
  const auto net = std::make_shared<NormNet>();
  const auto groups = decay_groups(*supervised(net, torch::nn::MSELoss()), 0.1);
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].weight_decay, 0.1);
  EXPECT_EQ(groups[1].weight_decay, 0.0);
  ASSERT_EQ(groups[0].params.size(), 1U);
  EXPECT_TRUE(groups[0].params[0].is_same(net->linear->weight));
  ASSERT_EQ(groups[1].params.size(), 3U);
  EXPECT_TRUE(groups[1].params[0].is_same(net->linear->bias));
  EXPECT_TRUE(groups[1].params[1].is_same(net->scale->weight));
}

}  // namespace
}  // namespace baton::train
