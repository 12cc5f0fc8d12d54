#include "baton/train/functional.h"

#include <gmock/gmock.h>

#include "baton/core/errors.h"
#include "tests/train/trainer_fixture.h"

namespace baton {
namespace {

using fakes::points;

using FunctionalTest = fakes::TrainerFixture;

at::Tensor zero() { return torch::zeros({1}, torch::requires_grad()); }

TEST_F(FunctionalTest, TrainsTensorsThatAreNoModule) {
  const at::Tensor slope = zero();
  const at::Tensor offset = zero();
  TrainerOptions made = options({.num_train_epochs = 20});
  made.model = functional({{"slope", slope}, {"offset", offset}}, [=](const Batch& batch) {
    return torch::mse_loss(slope * batch.inputs + offset, batch.labels);
  });
  Trainer trainer(std::move(made));
  trainer.train();
  EXPECT_NEAR(slope.item<float>(), 3.0F, 0.2F);
  EXPECT_LT(trainer.evaluate().number("eval_loss"), 0.05);
}

TEST_F(FunctionalTest, AnEvaluationStepOfItsOwnGivesOutputs) {
  const at::Tensor slope = zero();
  TrainerOptions made = options();
  made.model = functional(
      {{"slope", slope}}, [=](const Batch& batch) { return (slope * batch.inputs).sum(); },
      [=](const Batch& batch) { return EvalStep{.loss = {}, .outputs = batch.inputs + 1}; });
  Trainer trainer(std::move(made));
  EXPECT_TRUE(trainer.predict(points(3)).predictions.equal(torch::tensor({{0.0F}, {1.0F}, {2.0F}})));
}

TEST_F(FunctionalTest, TakesTheBatchTypeOfTheData) {
  const at::Tensor slope = zero();
  const auto model = functional({{"slope", slope}}, [=](const TensorMap& batch) { return slope * batch.at("x"); });
  EXPECT_EQ(model->training_step(TensorMap{{"x", torch::ones({1})}}).item<float>(), 0.0F);
  EXPECT_THROW(model->training_step(Batch{torch::ones({1}), {}}), ConfigError);
}

TEST(Functional, RefusesParametersThatCannotBeTrained) {
  const auto step = [](const Batch& batch) { return batch.inputs; };
  EXPECT_THROW(functional({}, step), ConfigError);
  EXPECT_THROW(functional({{"w", at::Tensor{}}}, step), ConfigError);
  EXPECT_THROW(functional({{"w", torch::zeros({1})}}, step), ConfigError);
  EXPECT_THROW(functional({{"w", zero() * 2}}, step), ConfigError);
}

}  // namespace
}  // namespace baton
