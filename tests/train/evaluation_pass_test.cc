// What metrics get to see; losses and devices are in torch_engine_test.cc.
#include "src/train/evaluation_pass.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "baton/core/errors.h"
#include "baton/train/map_dataset.h"

namespace baton::train {
namespace {

using testing::ElementsAre;

/// Evaluates samples 0, 1, ... in batches of two; outputs are the inputs and the loss their mean.
struct Pass {
  EvaluationPass run(EvaluationOptions options, std::int64_t samples) {
    const at::Tensor inputs = torch::arange(samples).to(at::kFloat);
    DataLoader loader(std::make_shared<TensorDataset>(inputs, inputs), {.batch_size = 2});
    EvaluationPass pass(
        [](const AnyBatch& batch) { return EvalStep{.loss = batch.inputs().mean(), .outputs = batch.inputs()}; }, host,
        std::move(options));
    pass.run(loader, [] {});
    return pass;
  }
  HostCopy host;
};

TEST(EvaluationPass, BatchMetricsSeeEachBatchAndAreToldTheLast) {
  std::vector<std::int64_t> sizes;
  std::vector<bool> last;
  const auto metric = [&](const EvalPrediction& part) {
    sizes.push_back(part.labels.size(0));
    last.push_back(part.compute_result);
    return Record{{"batches", static_cast<std::int64_t>(sizes.size())}};
  };
  const EvaluationPass pass = Pass().run({.batch_metrics = metric}, 5);
  EXPECT_THAT(sizes, ElementsAre(2, 2, 1));
  EXPECT_THAT(last, ElementsAre(false, false, true));
  EXPECT_EQ(pass.metrics(), (Record{{"batches", 3}}));
  EXPECT_FALSE(pass.prediction().predictions.defined()) << "that is what saves the memory";
}

TEST(EvaluationPass, KeepsInputsAndALossForEachSampleWhenAsked) {
  const EvaluationPass pass = Pass().run({.keep_outputs = true, .keep_inputs = true, .keep_losses = true}, 3);
  EXPECT_TRUE(pass.prediction().inputs.equal(torch::tensor({0.0F, 1.0F, 2.0F})));
  EXPECT_TRUE(pass.prediction().losses.equal(torch::tensor({0.5F, 0.5F, 2.0F})));
}

TEST(EvaluationPass, FillsUpBatchesOfDifferentLengths) {
  const auto samples = map_dataset(2, [](const FetchRequest& request) {
    const std::int64_t length = request.indices[0] + 1;
    return Batch{torch::full({1, length}, request.indices[0]), torch::zeros({1})};
  });
  DataLoader loader(samples, {.batch_size = 1});
  HostCopy host;
  EvaluationPass pass([](const AnyBatch& batch) { return EvalStep{.loss = {}, .outputs = batch.inputs()}; }, host,
                      {.keep_outputs = true});
  pass.run(loader, [] {});
  EXPECT_TRUE(pass.prediction().predictions.equal(torch::tensor({{0, -100}, {1, 1}})));
}

/// Does not fit on the device.
struct TooLarge {
  std::int64_t size() const { return 1; }
  TooLarge to(at::Device /*device*/) const { TORCH_CHECK_WITH(OutOfMemoryError, false, "CUDA out of memory."); }
};

TEST(EvaluationPass, SaysWhatDidNotFitOnTheDevice) {
  DataLoader loader(map_dataset(1, [](const FetchRequest&) { return TooLarge(); }), {});
  HostCopy host;
  EvaluationPass pass([](const AnyBatch&) { return EvalStep(); }, host, {});
  try {
    pass.run(loader, [] {});
    FAIL();
  } catch (const OutOfMemoryError& error) {
    EXPECT_STREQ(error.what(), "Moving a batch to the device (inputs none, labels none) failed: CUDA out of memory.");
  }
}

}  // namespace
}  // namespace baton::train
