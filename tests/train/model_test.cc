#include "baton/train/model.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "baton/core/errors.h"

namespace baton {
namespace {

/// Not the everyday type: two tables and what to find.
struct TwoTables {
  struct Inputs {
    at::Tensor left, right;
  };
  Inputs inputs;
  at::Tensor labels;
  std::int64_t size() const { return labels.size(0); }
  TwoTables to(at::Device device) const {
    return {{inputs.left.to(device), inputs.right.to(device)}, labels.to(device)};
  }
};

TwoTables two_tables() { return {{torch::full({2}, 3.0F), torch::full({2}, 4.0F)}, torch::full({2}, 8.0F)}; }

struct Weighted : torch::nn::Module {
  at::Tensor weight = register_parameter("weight", torch::ones({}));
};

struct OfTables : Weighted {
  at::Tensor training_step(const TwoTables& batch) { return (weight * batch.inputs.left).sum(); }
  EvalStep evaluation_step(const TwoTables& batch) const { return {.outputs = batch.inputs.right}; }
};

TEST(Model, HandsAStepTheBatchTypeItTakes) {
  const auto module = Model(std::make_shared<OfTables>()).module();
  EXPECT_EQ(module->training_step(two_tables()).item<float>(), 6.0F);
  EXPECT_TRUE(module->evaluation_step(two_tables()).outputs.equal(torch::full({2}, 4.0F)));
}

TEST(Model, RefusesABatchOfAnotherType) {
  const auto module = Model(std::make_shared<OfTables>()).module();
  EXPECT_THROW(module->training_step(Batch{torch::ones({1}), {}}), ConfigError);
}

TEST(Model, HandsAStepNamedTensors) {
  struct OfMap : Weighted {
    at::Tensor training_step(const TensorMap& batch) { return weight * batch.at("x").sum(); }
  };
  const auto module = Model(std::make_shared<OfMap>()).module();
  EXPECT_EQ(module->training_step(TensorMap{{"x", torch::ones({3})}}).item<float>(), 3.0F);
}

TEST(Model, HandsAStepWhateverComes) {
  struct OfAny : Weighted {
    at::Tensor training_step(const AnyBatch& batch) { return weight * static_cast<double>(batch.size()); }
  };
  const auto module = Model(std::make_shared<OfAny>()).module();
  EXPECT_EQ(module->training_step(TensorMap{{"x", torch::ones({3})}}).item<float>(), 3.0F);
}

TEST(Model, TakesTheEverydayBatchForAStepThatTakesSeveral) {
  struct OfSeveral : Weighted {
    at::Tensor training_step(const Batch& batch) { return weight * batch.inputs.sum(); }
    at::Tensor training_step(const TwoTables&) { return weight; }
  };
  const auto module = Model(std::make_shared<OfSeveral>()).module();
  EXPECT_EQ(module->training_step(Batch{torch::ones({4}), {}}).item<float>(), 4.0F);
}

TEST(Supervised, TakesInputsAndLabelsOfANamedBatchType) {
  struct Adds : Weighted {
    at::Tensor forward(const TwoTables::Inputs& inputs) { return weight * (inputs.left + inputs.right); }
  };
  const auto module = supervised<TwoTables>(std::make_shared<Adds>(), torch::nn::L1Loss());
  EXPECT_EQ(module->training_step(two_tables()).item<float>(), 1.0F);
  EXPECT_EQ(module->evaluation_step(two_tables()).loss.item<float>(), 1.0F);
  EXPECT_TRUE(module->evaluation_step(two_tables()).outputs.equal(torch::full({2}, 7.0F)));
}

TEST(Model, SaysWhatTheModuleSaysOfItself) {
  struct Sized : Weighted {
    at::Tensor forward(const at::Tensor& inputs) { return weight * inputs; }
    at::Tensor training_step(const Batch&) { return weight; }
    Record config() const { return {{"width", 4}}; }
  };
  const auto sized = std::make_shared<Sized>();
  EXPECT_EQ(Model(sized).module()->config(), (Record{{"width", 4}}));
  EXPECT_EQ(supervised(sized, torch::nn::MSELoss())->config(), (Record{{"width", 4}}));
  EXPECT_TRUE(supervised(torch::nn::Linear(1, 1), torch::nn::MSELoss())->config().empty());
}

TEST(Supervised, EvaluatesWithoutLabels) {
  const auto module = supervised(torch::nn::Linear(1, 1), torch::nn::MSELoss());
  const EvalStep step = module->evaluation_step(Batch{torch::ones({2, 1}), {}});
  EXPECT_FALSE(step.loss.defined());
  EXPECT_EQ(step.outputs.size(0), 2);
}

}  // namespace
}  // namespace baton
