#include "baton/train/script_model.h"

#include <gmock/gmock.h>
#include <torch/script.h>

#include "baton/core/errors.h"
#include "tests/train/trainer_fixture.h"

namespace baton {
namespace {

using fakes::points;
using testing::HasSubstr;

using ScriptModelTest = fakes::TrainerFixture;

torch::jit::Module line() {
  torch::jit::Module net("Line");
  net.register_parameter("weight", torch::zeros({1}, torch::requires_grad()), false);
  net.register_parameter("bias", torch::zeros({1}, torch::requires_grad()), false);
  net.register_buffer("scale", torch::ones({1}));
  net.define("def forward(self, x):\n  return self.scale * self.weight * x + self.bias\n");
  return net;
}

TEST_F(ScriptModelTest, TrainsAndIsSavedAsTorchScriptAgain) {
  torch::jit::Module net = line();
  TrainerOptions made = options({.num_train_epochs = 20});
  made.model = supervised(net, torch::nn::MSELoss());
  Trainer trainer(std::move(made));
  trainer.train();
  const std::string file = (folder_.path() / "tuned.pt").string();
  net.save(file);
  torch::jit::Module loaded = torch::jit::load(file);
  EXPECT_NEAR(loaded.forward({torch::ones({1})}).toTensor().item<float>(), 4.0F, 0.2F);
}

TEST_F(ScriptModelTest, ItsTensorsHaveTheNamesOfTheModule) {
  const auto model = supervised(line(), torch::nn::MSELoss());
  ASSERT_EQ(model->named_parameters().size(), 2U);
  EXPECT_EQ(model->named_parameters().front().name, "weight");
  EXPECT_EQ(model->named_buffers().front().name, "scale");
}

TEST_F(ScriptModelTest, PredictsItsOutputs) {
  TrainerOptions made = options();
  made.model = supervised(line(), torch::nn::MSELoss());
  Trainer trainer(std::move(made));
  EXPECT_TRUE(trainer.predict(points(3)).predictions.equal(torch::zeros({3, 1})));
}

TEST(ScriptModel, RefusesAModuleWithoutParameters) {
  torch::jit::Module net("Empty");
  net.define("def forward(self, x):\n  return x\n");
  EXPECT_THROW(supervised(net, torch::nn::MSELoss()), ConfigError);
}

TEST(ScriptModel, SaysWhatItReturnedInPlaceOfATensor) {
  torch::jit::Module net("Pair");
  net.register_parameter("weight", torch::zeros({1}, torch::requires_grad()), false);
  net.define("def forward(self, x):\n  return x, self.weight\n");
  try {
    supervised(net, torch::nn::MSELoss())->training_step(Batch{torch::ones({1}), torch::ones({1})});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("returned Tuple, expected one tensor"));
  }
}

}  // namespace
}  // namespace baton
