#include "baton/train/param_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "baton/core/errors.h"
#include "baton/train/model.h"
#include "src/train/weight_decay.h"

namespace baton {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

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
  for (const auto& row : rows) EXPECT_EQ(train::name_decays(row.name), row.decays) << row.name << ": " << row.why;
}

struct Net : torch::nn::Module {
  Net() {
    first = register_module("first", torch::nn::Linear(2, 2));
    scale = register_module("scale", torch::nn::LayerNorm(torch::nn::LayerNormOptions({2})));
    last = register_module("last", torch::nn::Linear(2, 2));
    register_parameter("tied", first->weight);
  }
  at::Tensor forward(const at::Tensor& x) { return last(scale(first(x))); }
  torch::nn::Linear first{nullptr};
  torch::nn::LayerNorm scale{nullptr};
  torch::nn::Linear last{nullptr};
};

class ParamGroups : public testing::Test {
 protected:
  std::vector<ParamGroup> make(const std::vector<ParamRule>& rules = {}) {
    return make_param_groups(*supervised(net_, torch::nn::MSELoss()), 0.1, rules);
  }
  /// The names of a group's parameters.
  std::vector<std::string> names(const ParamGroup& group) const {
    std::vector<std::string> found;
    for (const at::Tensor& param : group.params) {
      for (const auto& named : net_->named_parameters()) {
        if (named.value().is_same(param)) {
          found.push_back(named.key());
          break;
        }
      }
    }
    return found;
  }
  std::string problem_with(const ParamRule& rule) {
    try {
      make({rule});
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  }

  std::shared_ptr<Net> net_ = std::make_shared<Net>();
};

TEST_F(ParamGroups, SpareLayerNormModulesSkipFrozenParametersAndTakeTiedOnesOnce) {
  for (at::Tensor& parameter : net_->last->parameters()) parameter.set_requires_grad(false);
  const auto groups = make();
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].weight_decay, 0.1);
  EXPECT_EQ(groups[1].weight_decay, 0.0);
  ASSERT_EQ(groups[0].params.size(), 1U);
  EXPECT_TRUE(groups[0].params[0].is_same(net_->first->weight));
  EXPECT_THAT(names(groups[1]), ElementsAre("first.bias", "scale.weight", "scale.bias"));
}

TEST_F(ParamGroups, PutWhatARuleTakesBehindTheReferencesTwo) {
  const auto groups = make({{.pattern = "^last", .lr_factor = 0.1}});
  ASSERT_EQ(groups.size(), 4U);
  EXPECT_THAT(names(groups[1]), ElementsAre("first.bias", "scale.weight", "scale.bias"));
  EXPECT_THAT(names(groups[2]), ElementsAre("last.weight"));
  EXPECT_THAT(names(groups[3]), ElementsAre("last.bias"));
  EXPECT_EQ(groups[2].lr_factor, 0.1);
  EXPECT_EQ(groups[2].weight_decay, 0.1);
  EXPECT_EQ(groups[3].lr_factor, 0.1);
  EXPECT_EQ(groups[3].weight_decay, 0.0);
}

TEST_F(ParamGroups, AreOneARuleThatSaysHowItDecays) {
  const auto groups = make({{.pattern = "^last", .weight_decay = 0.5}});
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_THAT(names(groups[2]), ElementsAre("last.weight", "last.bias"));
  EXPECT_EQ(groups[2].weight_decay, 0.5);
}

TEST_F(ParamGroups, FollowTheFirstRuleThatMatches) {
  const auto groups = make({{.pattern = "bias$", .lr_factor = 2.0}, {.pattern = "last|scale", .lr_factor = 3.0}});
  ASSERT_EQ(groups.size(), 5U);
  EXPECT_THAT(names(groups[2]), ElementsAre("first.bias", "scale.bias", "last.bias"));
  EXPECT_THAT(names(groups[3]), ElementsAre("last.weight"));
  EXPECT_THAT(names(groups[4]), ElementsAre("scale.weight"));
}

TEST_F(ParamGroups, HoldNoFrozenParametersHoweverOften) {
  net_->first->bias.mutable_grad() = torch::ones(2);
  for (int trainer = 0; trainer < 2; ++trainer) {
    const auto groups = make({{.pattern = "^first|tied", .frozen = true}});
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_THAT(names(groups[0]), ElementsAre("last.weight"));
    EXPECT_THAT(names(groups[1]), ElementsAre("scale.weight", "scale.bias", "last.bias"));
  }
  EXPECT_FALSE(net_->first->weight.requires_grad());
  EXPECT_FALSE(net_->first->bias.grad().defined());
}

TEST_F(ParamGroups, RefuseRulesThatMakeNoSense) {
  EXPECT_THAT(problem_with({.pattern = "(", .frozen = true}), HasSubstr("\"(\" is no regular expression"));
  EXPECT_THAT(problem_with({.pattern = "nothing"}), HasSubstr("\"nothing\" applies to no parameter"));
  EXPECT_THAT(problem_with({.pattern = "last", .lr_factor = -1.0}), HasSubstr("lr_factor -1.0, expected 0 or more"));
  EXPECT_THAT(problem_with({.pattern = "last", .weight_decay = -1.0}), HasSubstr("weight_decay -1.0"));
  EXPECT_TRUE(net_->last->weight.requires_grad());
}

}  // namespace
}  // namespace baton
