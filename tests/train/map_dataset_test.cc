#include "baton/train/map_dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <stdexcept>

#include "baton/core/errors.h"

namespace baton {
namespace {

using testing::HasSubstr;

const std::vector<std::int64_t> kThreeAndOne = {3, 1};

TEST(MapDataset, CollatesSamplesOfAFunction) {
  const auto data = map_dataset(10, [](std::int64_t index) {
    return Sample{torch::full({2}, index), torch::tensor(index * 10)};
  });
  EXPECT_EQ(data->size(), 10);
  const AnyBatch batch = data->fetch({kThreeAndOne});
  EXPECT_TRUE(batch.inputs().equal(torch::tensor({3, 3, 1, 1}, at::kLong).view({2, 2})));
  EXPECT_TRUE(batch.labels().equal(torch::tensor({30, 10}, at::kLong)));
}

TEST(MapDataset, HandsEachSampleItsOwnRandomNumbers) {
  const auto data = map_dataset(10, [](std::int64_t, SampleRandom& random) { return torch::tensor(random.uniform()); });
  const std::vector<std::int64_t> alone = {1};
  const auto numbers = [&](const std::vector<std::int64_t>& indices, std::int64_t epoch) {
    return data->fetch({indices, 42, epoch}).as<at::Tensor>();
  };
  EXPECT_TRUE(numbers(kThreeAndOne, 0)[1].equal(numbers(alone, 0)[0]));
  EXPECT_FALSE(numbers(kThreeAndOne, 0)[0].equal(numbers(kThreeAndOne, 0)[1]));
  EXPECT_FALSE(numbers(alone, 0)[0].equal(numbers(alone, 1)[0]));
}

TEST(MapDataset, CollatesWithAFunctionOfTheCaller) {
  const auto data = map_dataset(
      10, [](std::int64_t index) { return index; },
      [](const std::vector<std::int64_t>& samples) {
        return TensorMap{{"index", torch::tensor(samples)}};
      });
  EXPECT_TRUE(data->fetch({kThreeAndOne}).as<TensorMap>().at("index").equal(torch::tensor({3, 1}, at::kLong)));
}

TEST(MapDataset, TakesWholeBatches) {
  const auto data = map_dataset(10, [](const FetchRequest& request) {
    return Batch{torch::tensor(std::vector<std::int64_t>(request.indices.begin(), request.indices.end())), {}};
  });
  EXPECT_TRUE(data->fetch({kThreeAndOne}).inputs().equal(torch::tensor({3, 1}, at::kLong)));
}

TEST(MapDataset, NamesTheSampleThatFails) {
  const auto data = map_dataset(10, [](std::int64_t index) {
    if (index == 1) throw std::runtime_error("no such file");
    return torch::tensor(index);
  });
  try {
    data->fetch({kThreeAndOne});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "Sample 1 failed: no such file");
    EXPECT_THROW(std::rethrow_if_nested(error), std::runtime_error);
  }
}

TEST(MapDataset, TellsWhatLibTorchSaysInOneLine) {
  const auto data = map_dataset(10, [](std::int64_t) { return torch::ones({2}).view({3}); });
  try {
    data->fetch({kThreeAndOne});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("Sample 3 failed: shape '[3]' is invalid"));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
  }
}

TEST(MapDataset, NamesTheSampleThatThrowsNoException) {
  const auto data = map_dataset(10, [](std::int64_t index) -> at::Tensor { throw index; });
  EXPECT_THROW(data->fetch({kThreeAndOne}), Error);
}

}  // namespace
}  // namespace baton
