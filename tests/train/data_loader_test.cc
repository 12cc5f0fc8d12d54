#include "baton/train/data_loader.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "baton/core/errors.h"
#include "baton/train/map_dataset.h"
#include "tests/train/counting_stream.h"
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
  while (const auto batch = loader.next()) batches.push_back(values(batch->inputs()));
  return batches;
}

using Batches = std::vector<std::vector<std::int64_t>>;

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
  DataLoader loader(counted(10), {.batch_size = 10, .sampling = SamplingStrategy::kRandom, .seed = 42});
  loader.begin_epoch(1);
  EXPECT_EQ(drain(loader), (Batches{values(shuffled_order(10, 42, 1))}));
}

TEST(DataLoader, KeepsLabelsWithTheirInputs) {
  DataLoader loader(counted(4), {.batch_size = 4, .sampling = SamplingStrategy::kRandom, .seed = 1});
  const auto batch = loader.next();
  EXPECT_TRUE((batch->inputs() * 10).equal(batch->labels()));
}

TEST(DataLoader, SkipsBatchesWithoutFetchingThem) {
  DataLoader all(counted(10), {.batch_size = 3, .sampling = SamplingStrategy::kRandom, .seed = 7});
  all.begin_epoch(2);
  Batches expected = drain(all);
  expected.erase(expected.begin(), expected.begin() + 2);
  DataLoader resumed(counted(10), {.batch_size = 3, .sampling = SamplingStrategy::kRandom, .seed = 7});
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
    EXPECT_EQ(message.rfind("Fetching samples 0, 1 of epoch 0 (batch 0) failed: shape '[7]' is invalid", 0), 0U)
        << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
  }
}

TEST(DataLoader, BeginsWithEpochZeroUnlessTold) {
  DataLoader loader(counted(10), {.batch_size = 10, .sampling = SamplingStrategy::kRandom, .seed = 42});
  EXPECT_EQ(drain(loader), (Batches{values(shuffled_order(10, 42, 0))}));
}

TEST(DataLoader, CutsAStreamIntoBatches) {
  DataLoader loader(std::make_shared<OneShotStream>(counting(5)), {.batch_size = 2});
  EXPECT_EQ(loader.samples(), std::nullopt);
  EXPECT_EQ(loader.batches(), std::nullopt);
  EXPECT_EQ(drain(loader), (Batches{{0, 1}, {2, 3}, {4}}));
  EXPECT_FALSE(loader.next().has_value());
}

TEST(DataLoader, DropsAShortLastBatchOfAStreamWhenAsked) {
  DataLoader loader(std::make_shared<OneShotStream>(counting(5)), {.batch_size = 2, .drop_last = true});
  EXPECT_EQ(drain(loader), (Batches{{0, 1}, {2, 3}}));
}

TEST(DataLoader, TellsAStreamSeedAndEpochOfEachPass) {
  const auto stream = std::make_shared<RestartableStream>([](const StreamPass& pass) -> NextBatch {
    return [pass, left = 1](std::int64_t) mutable -> std::optional<AnyBatch> {
      if (left-- == 0) return std::nullopt;
      return Batch{torch::tensor({pass.seed, pass.epoch}), {}};
    };
  });
  DataLoader loader(stream, {.seed = 3});
  loader.begin_epoch(5);
  EXPECT_EQ(drain(loader), (Batches{{3, 5}}));
}

TEST(DataLoader, SkipsBatchesOfAStreamByReadingThem) {
  const auto stream = std::make_shared<RestartableStream>([](const StreamPass&) { return counting(7); });
  DataLoader loader(stream, {.batch_size = 2});
  loader.begin_epoch(0, 2);
  EXPECT_EQ(drain(loader), (Batches{{4, 5}, {6}}));
  loader.begin_epoch(0, 9);
  EXPECT_EQ(drain(loader), Batches());
}

TEST(DataLoader, GroupsSamplesOfAnUpdateByLength) {
  const std::vector<std::int64_t> lengths = {5, 1, 4, 2, 3, 9, 7, 8};
  DataLoader loader(
      with_lengths(counted(8), lengths),
      {.batch_size = 2, .sampling = SamplingStrategy::kGroupByLength, .batches_per_update = 2, .seed = 42});
  loader.begin_epoch(1);
  std::vector<std::int64_t> order;
  for (const auto& batch : drain(loader)) order.insert(order.end(), batch.begin(), batch.end());
  EXPECT_EQ(order, values(length_grouped_order(lengths, 4, 42, 1)));
}

TEST(DataLoader, NeedsALengthForEachSampleToGroupThem) {
  const DataLoaderOptions grouped{.sampling = SamplingStrategy::kGroupByLength};
  EXPECT_THROW(DataLoader(counted(3), grouped), ConfigError);
  EXPECT_THROW(with_lengths(counted(3), {1, 2}), ConfigError);
  EXPECT_THROW(with_lengths(nullptr, {}), ConfigError);
  EXPECT_EQ(with_lengths(counted(3), {1, 2, 3})->lengths().size(), 3U);
}

/// Tells whether it was pinned, which no tensor can be without a GPU.
struct Pinnable {
  bool is_pinned = false;
  std::int64_t size() const { return 1; }
  Pinnable to(at::Device) const { return *this; }
  Pinnable pin_memory() const { return {true}; }
};

TEST(DataLoader, PinsBatchesWhenAsked) {
  using Named = std::map<std::string, Pinnable>;
  const auto one = map_dataset(1, [](const FetchRequest&) { return Pinnable(); });
  const auto named = map_dataset(1, [](const FetchRequest&) { return Named{{"a", {}}}; });
  for (const bool pin : {false, true}) {
    EXPECT_EQ(DataLoader(one, {.pin_memory = pin}).next()->as<Pinnable>().is_pinned, pin);
    EXPECT_EQ(DataLoader(named, {.workers = 1, .pin_memory = pin}).next()->as<Named>().at("a").is_pinned, pin);
  }
}

TEST(DataLoader, LeavesATypeThatCannotBePinnedWhereItIs) {
  struct Plain {
    std::int64_t size() const { return 1; }
    Plain to(at::Device) const { return *this; }
  };
  const auto plain = map_dataset(1, [](const FetchRequest&) { return Plain(); });
  EXPECT_EQ(DataLoader(plain, {.pin_memory = true}).next()->size(), 1);
}

TEST(DataLoader, RefusesWhatItCannotServe) {
  EXPECT_THROW(DataLoader(nullptr, {}), ConfigError);
  EXPECT_THROW(DataLoader(std::shared_ptr<Dataset>(), {}), ConfigError);
  EXPECT_THROW(DataLoader(counted(0), {}), ConfigError);
  EXPECT_THROW(DataLoader(counted(3), {.batch_size = 0}), ConfigError);
  EXPECT_THROW(DataLoader(counted(3), {.batches_per_update = 0}), ConfigError);
  EXPECT_THROW(DataLoader(counted(3), {.workers = -1}), ConfigError);
  EXPECT_THROW(DataLoader(counted(3), {.prefetch_factor = 0}), ConfigError);
}

TEST(TensorDataset, TransformsEachBatch) {
  const TensorDataset dataset(torch::full({2, 3}, 255, at::kByte), {}, [](Batch batch) {
    batch.inputs = batch.inputs.to(at::kFloat).div_(255);
    return batch;
  });
  const std::vector<std::int64_t> indices = {1};
  EXPECT_TRUE(dataset.fetch({indices}).inputs().equal(torch::ones({1, 3})));
  EXPECT_FALSE(dataset.fetch({indices}).labels().defined());
}

TEST(TensorDataset, TellsATransformWhichSamplesItIsGiven) {
  const TensorDataset dataset(torch::zeros({4, 1}, at::kLong), {}, [](Batch batch, const FetchRequest& request) {
    for (std::size_t i = 0; i < request.indices.size(); ++i) {
      batch.inputs[static_cast<std::int64_t>(i)] += request.indices[i] * 1000 + request.random(i).below(1000);
    }
    return batch;
  });
  const std::vector<std::int64_t> both = {3, 1};
  const std::vector<std::int64_t> one = {1};
  const at::Tensor inputs = dataset.fetch({both, 9, 2}).inputs();
  EXPECT_TRUE(inputs[1].equal(dataset.fetch({one, 9, 2}).inputs()[0])) << "whatever comes with it";
  EXPECT_FALSE(inputs[1].equal(dataset.fetch({one, 9, 3}).inputs()[0])) << "another epoch";
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
