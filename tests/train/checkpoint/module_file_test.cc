#include "src/train/checkpoint/module_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "baton/core/errors.h"
#include "baton/train/model.h"
#include "src/formats/safetensors.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::train {
namespace {

using testing::HasSubstr;

std::shared_ptr<TrainingModule> trained(std::shared_ptr<torch::nn::SequentialImpl> net) {
  return supervised(net, torch::nn::MSELoss());
}

std::shared_ptr<torch::nn::SequentialImpl> small_net(std::int64_t width = 3) {
  return std::make_shared<torch::nn::SequentialImpl>(torch::nn::Linear(2, width), torch::nn::BatchNorm1d(width));
}

class ModuleFile : public testing::Test {
 protected:
  std::string load_error(const std::shared_ptr<TrainingModule>& model) const {
    try {
      load_module(*model, file_);
    } catch (const CheckpointError& error) {
      return error.what();
    }
    return "";
  }

  fakes::TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / kModelFile;
};

TEST_F(ModuleFile, BringsBackParametersAndBuffers) {
  const auto source = small_net();
  source->forward(torch::randn({4, 2}));  // moves the running mean
  save_module(*trained(source), file_);
  const auto target = small_net();
  load_module(*trained(target), file_);
  for (const auto& item : source->named_parameters())
    EXPECT_TRUE(item.value().equal(target->named_parameters()[item.key()])) << item.key();
  for (const auto& item : source->named_buffers())
    EXPECT_TRUE(item.value().equal(target->named_buffers()[item.key()])) << item.key();
}

TEST_F(ModuleFile, NamesTheTensorAndBothShapesWhenTheyDiffer) {
  save_module(*trained(small_net(3)), file_);
  const std::string error = load_error(trained(small_net(4)));
  EXPECT_THAT(error, HasSubstr("\"0.weight\": expected F32 [4, 2], found F32 [3, 2]"));
  EXPECT_THAT(error, HasSubstr("\"1.running_mean\": expected F32 [4], found F32 [3]"));
}

TEST_F(ModuleFile, NamesWhatIsMissingUnexpectedOrOfAnotherType) {
  const auto saved = std::make_shared<torch::nn::SequentialImpl>(torch::nn::Linear(2, 3));
  saved->push_back("extra", torch::nn::Linear(1, 1));
  saved->to(at::kDouble);
  save_module(*trained(saved), file_);
  const std::string error = load_error(trained(small_net()));
  EXPECT_THAT(error, HasSubstr("\"0.weight\": expected F32 [3, 2], found F64 [3, 2]"));
  EXPECT_THAT(error, HasSubstr("\"1.num_batches_tracked\": expected I64 [], found nothing"));
  EXPECT_THAT(error, HasSubstr("\"extra.weight\" is not in the model"));
}

TEST_F(ModuleFile, CutsALongListOfProblems) {
  save_module(*trained(std::make_shared<torch::nn::SequentialImpl>(torch::nn::Linear(2, 3))), file_);
  const auto large = std::make_shared<torch::nn::SequentialImpl>();
  for (int i = 0; i < 6; ++i) large->push_back(torch::nn::Linear(1, 1));
  EXPECT_THAT(load_error(trained(large)), testing::EndsWith("; and 2 more"));
}

TEST_F(ModuleFile, OverwritesNothingWhenAnythingDiffers) {
  const auto saved = std::make_shared<torch::nn::SequentialImpl>(torch::nn::Linear(2, 3));
  save_module(*trained(saved), file_);
  const auto target = small_net();
  const at::Tensor before = target->parameters()[0].clone();
  EXPECT_NE(load_error(trained(target)), "");
  EXPECT_TRUE(target->parameters()[0].equal(before));
}

struct TiedNet : torch::nn::Module {
  TiedNet() {
    first = register_module("first", torch::nn::Linear(2, 2));
    register_parameter("again", first->weight);
  }
  at::Tensor forward(const at::Tensor& x) { return first(x); }
  torch::nn::Linear first{nullptr};
};

TEST_F(ModuleFile, WritesATiedTensorOnceAndNamesItsOtherName) {
  const auto source = std::make_shared<TiedNet>();
  save_module(*supervised(source, torch::nn::MSELoss()), file_);
  const safetensors::Reader reader(file_);
  EXPECT_EQ(reader.layout().tensors.size(), 2U);
  EXPECT_EQ(reader.layout().metadata, (safetensors::Metadata{{"format", "pt"}, {"first.weight", "again"}}));
  const auto target = std::make_shared<TiedNet>();
  load_module(*supervised(target, torch::nn::MSELoss()), file_);
  EXPECT_TRUE(target->first->weight.equal(source->first->weight));
}

TEST_F(ModuleFile, KeepsTheOrderOfElementsOfATransposedTensor) {
  const auto source = small_net();
  source->parameters()[0].set_data(torch::arange(6, at::kFloat).view({2, 3}).t());
  save_module(*trained(source), file_);
  const auto target = small_net();
  load_module(*trained(target), file_);
  EXPECT_TRUE(target->parameters()[0].equal(source->parameters()[0]));
}

TEST_F(ModuleFile, SaysWhichFileIsAbsent) { EXPECT_THAT(load_error(trained(small_net())), HasSubstr(file_.string())); }

}  // namespace
}  // namespace baton::train
