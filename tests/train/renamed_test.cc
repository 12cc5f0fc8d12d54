#include "baton/train/renamed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "baton/core/errors.h"
#include "baton/train/param_groups.h"
#include "src/formats/safetensors.h"
#include "src/train/checkpoint/module_file.h"
#include "tests/fakes/temporary_folder.h"

namespace baton {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Net : torch::nn::Module {
  Net() {
    register_module("fc", fc);
    register_module("bn", bn);
    register_module("ln", ln);
  }
  at::Tensor forward(const at::Tensor& x) { return ln(bn(fc(x))); }
  torch::nn::Linear fc{2, 3};
  torch::nn::BatchNorm1d bn{3};
  torch::nn::LayerNorm ln{torch::nn::LayerNormOptions({3})};
};

class Renamed : public testing::Test {
 protected:
  std::shared_ptr<TrainingModule> with(const std::vector<Renaming>& rules) const {
    return renamed(supervised(net_, torch::nn::MSELoss()), rules);
  }
  std::string error_of(const std::vector<Renaming>& rules) const {
    try {
      with(rules);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  }
  static std::vector<std::string> names(const std::vector<NamedTensor>& tensors) {
    std::vector<std::string> found;
    for (const NamedTensor& named : tensors) found.push_back(named.name);
    return found;
  }

  std::shared_ptr<Net> net_ = std::make_shared<Net>();
};

TEST_F(Renamed, GivesNewNamesToParametersAndBuffersAndKeepsTheirOrder) {
  const auto model = with({{"fc", "features.0"}, {"bn", "features.batch_norm"}, {"ln.bias", "shift"}});
  EXPECT_THAT(names(model->named_parameters()),
              ElementsAre("features.0.weight", "features.0.bias", "features.batch_norm.weight",
                          "features.batch_norm.bias", "ln.weight", "shift"));
  EXPECT_THAT(names(model->named_buffers()),
              ElementsAre("features.batch_norm.running_mean", "features.batch_norm.running_var",
                          "features.batch_norm.num_batches_tracked"));
  EXPECT_TRUE(model->named_parameters().front().tensor.is_same(net_->fc->weight));
}

TEST_F(Renamed, TrainsTheSameModel) {
  const auto model = with({{"", "model"}});
  const Batch batch{.inputs = torch::ones({4, 2}), .labels = torch::zeros({4, 3})};
  model->train(false);
  EXPECT_FALSE(net_->is_training());
  EXPECT_EQ(model->module(), net_.get());
  const at::Tensor expected = torch::mse_loss(net_->forward(batch.inputs), batch.labels);
  EXPECT_TRUE(model->training_step(batch).equal(expected));
  EXPECT_TRUE(model->evaluation_step(batch).outputs.defined());
  EXPECT_TRUE(model->smooth_labels(0.0));
}

TEST_F(Renamed, WritesAndReadsFilesByTheNewNames) {
  const fakes::TemporaryFolder folder;
  const auto file = folder.path() / train::kModelFile;
  train::save_module(*with({{"fc", "features.0"}}), file);
  EXPECT_NE(safetensors::Reader(file).find("features.0.weight"), nullptr);
  const auto other = std::make_shared<Net>();
  train::load_module(*renamed(supervised(other, torch::nn::MSELoss()), {{"fc", "features.0"}}), file);
  EXPECT_TRUE(other->fc->weight.equal(net_->fc->weight));
  EXPECT_THROW(train::load_module(*supervised(other, torch::nn::MSELoss()), file), CheckpointError);
}

TEST_F(Renamed, DecaysByTheNewNamesAndByTheKindOfModule) {
  const auto groups = make_param_groups(*with({{"bn", "batch_norm"}, {"ln", "scale"}}), 0.1, {});
  EXPECT_EQ(groups[0].params.size(), 1U) << "fc.weight: under its new name batch_norm.weight does not";
  EXPECT_EQ(groups[1].params.size(), 5U);
}

TEST_F(Renamed, RulesForParametersUseTheNewNames) {
  EXPECT_THROW(make_param_groups(*with({{"fc", "body"}}), 0.1, {{.pattern = "^fc"}}), ConfigError);
  EXPECT_EQ(make_param_groups(*with({{"fc", "body"}}), 0.1, {{.pattern = "^body", .frozen = true}})[0].params.size(),
            1U);
}

TEST_F(Renamed, RefusesRulesWithoutUseAndNamesThatMeet) {
  EXPECT_THAT(error_of({{"conv", "x"}}), HasSubstr("rename conv=x: no tensor's name needs this rule"));
  EXPECT_THAT(error_of({{"fc", "ln"}}),
              HasSubstr("\"fc.weight\" and \"ln.weight\" would both be called \"ln.weight\""));
  EXPECT_THAT(error_of({{"fc", "a"}, {"fc", "b"}}), HasSubstr("rename fc=b: there is a rule for \"fc\" already"));
  EXPECT_THROW(renamed(Model(), {}), ConfigError);
}

}  // namespace
}  // namespace baton
