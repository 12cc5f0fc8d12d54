#include "baton/train/data_loader.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "baton/core/errors.h"
#include "tests/train/torch_golden.h"

namespace baton {
namespace {

std::shared_ptr<TensorDataset> counted(std::int64_t samples) {
  return std::make_shared<TensorDataset>(torch::arange(samples), torch::arange(samples) * 10);
}

std::vector<std::int64_t> values(const at::Tensor& tensor) {
  return {tensor.data_ptr<std::int64_t>(), tensor.data_ptr<std::int64_t>() + tensor.numel()};
}

/// The inputs of all batches that are left, a list a batch.
std::vector<std::vector<std::int64_t>> drain(DataLoader& loader) {
  std::vector<std::vector<std::int64_t>> batches;
  while (const auto batch = loader.next()) batches.push_back(values(batch->inputs));
  return batches;
}

using Batches = std::vector<std::vector<std::int64_t>>;

TEST(ShuffledOrder, IsPythonsRandpermOfAGeneratorSeededWithSeedPlusEpoch) {
  const train::TorchGolden golden;
  for (const Value& row : golden.list("orders")) {
    const Record& expected = *row.record();
    const at::Tensor order = shuffled_order(*expected.find("samples")->integer(), *expected.find("seed")->integer(),
                                            *expected.find("epoch")->integer());
    const auto numbers = train::numbers_of(*expected.find("order"));
    EXPECT_EQ(order.numel(), *expected.find("samples")->integer());
    EXPECT_TRUE(order.slice(0, 0, static_cast<std::int64_t>(numbers.size()))
                    .to(at::kDouble)
                    .equal(torch::tensor(numbers, at::kDouble)));
  }
}

TEST(ShuffledOrder, LeavesTheGlobalGeneratorAlone) {
  torch::manual_seed(1);
  const at::Tensor expected = torch::rand(3);
  torch::manual_seed(1);
  shuffled_order(100, 42, 0);
  EXPECT_TRUE(torch::rand(3).equal(expected));
}

TEST(DataLoader, MovesTheDefaultGeneratorAsPythonsDoesWhenAnEpochBegins) {
  DataLoader loader(counted(4), {.batch_size = 2});
  torch::manual_seed(42);
  for (const double drawn : train::numbers_of(*train::TorchGolden().root().find("generator"))) {
    loader.begin_epoch(0);
    EXPECT_EQ(torch::rand(1).item<double>(), drawn);
  }
}

TEST(DataLoader, ServesSamplesInTheirOrderWithoutASeed) {
  DataLoader loader(counted(5), {.batch_size = 2});
  EXPECT_EQ(loader.batches(), 3);
  EXPECT_EQ(drain(loader), (Batches{{0, 1}, {2, 3}, {4}}));
}

TEST(DataLoader, DropsAShortLastBatchWhenAsked) {
  DataLoader loader(counted(5), {.batch_size = 2, .drop_last = true});
  EXPECT_EQ(loader.batches(), 2);
  EXPECT_EQ(drain(loader), (Batches{{0, 1}, {2, 3}}));
}

TEST(DataLoader, ShufflesByEpoch) {
  DataLoader loader(counted(10), {.batch_size = 10, .shuffle_seed = 42});
  loader.begin_epoch(1);
  EXPECT_EQ(drain(loader), (Batches{values(shuffled_order(10, 42, 1))}));
}

TEST(DataLoader, KeepsLabelsWithTheirInputs) {
  DataLoader loader(counted(4), {.batch_size = 4, .shuffle_seed = 1});
  const auto batch = loader.next();
  EXPECT_TRUE((batch->inputs * 10).equal(batch->labels));
}

TEST(DataLoader, SkipsBatchesWithoutFetchingThem) {
  DataLoader all(counted(10), {.batch_size = 3, .shuffle_seed = 7});
  all.begin_epoch(2);
  Batches expected = drain(all);
  expected.erase(expected.begin(), expected.begin() + 2);
  DataLoader resumed(counted(10), {.batch_size = 3, .shuffle_seed = 7});
  resumed.begin_epoch(2, 2);
  EXPECT_EQ(drain(resumed), expected);
}

TEST(DataLoader, TellsWhatLibTorchRefusedInOneLine) {
  const auto broken = std::make_shared<TensorDataset>(torch::zeros({2, 3}), at::Tensor(), [](Batch batch) {
    batch.inputs = batch.inputs.view({7});
    return batch;
  });
  try {
    DataLoader(broken, {}).next();
    FAIL();
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(message.rfind("Fetching a batch failed: shape '[7]' is invalid", 0), 0U) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
  }
}

TEST(DataLoader, RefusesWhatItCannotServe) {
  EXPECT_THROW(DataLoader(nullptr, {}), ConfigError);
  EXPECT_THROW(DataLoader(counted(0), {}), ConfigError);
  EXPECT_THROW(DataLoader(counted(3), {.batch_size = 0}), ConfigError);
}

TEST(TensorDataset, TransformsEachBatch) {
  const TensorDataset dataset(torch::full({2, 3}, 255, at::kByte), {}, [](Batch batch) {
    batch.inputs = batch.inputs.to(at::kFloat).div_(255);
    return batch;
  });
  const std::vector<std::int64_t> indices = {1};
  EXPECT_TRUE(dataset.fetch(indices).inputs.equal(torch::ones({1, 3})));
  EXPECT_FALSE(dataset.fetch(indices).labels.defined());
}

TEST(TensorDataset, RefusesInputsAndLabelsOfDifferentLength) {
  try {
    TensorDataset(torch::zeros({3, 2}), torch::zeros(4));
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "TensorDataset: labels must have as many samples as inputs, expected 3, found 4");
  }
  EXPECT_THROW(TensorDataset(torch::zeros({})), ConfigError);
  EXPECT_THROW(TensorDataset{at::Tensor()}, ConfigError);
}

}  // namespace
}  // namespace baton
