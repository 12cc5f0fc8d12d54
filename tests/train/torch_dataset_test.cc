#include "baton/train/torch_dataset.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <thread>

#include "baton/core/errors.h"

namespace baton {
namespace {

namespace data = torch::data;

at::Tensor numbers(const std::vector<std::int64_t>& values) { return torch::tensor(values); }

/// Sample i is [i, i + 1] with label 10 i. It may not be used by two threads at once, as LibTorch allows.
struct Pairs : data::datasets::Dataset<Pairs> {
  data::Example<> get(std::size_t index) override {
    const auto number = static_cast<std::int64_t>(index);
    used_by = std::this_thread::get_id();
    const data::Example<> example(numbers({number, number + 1}), torch::tensor(number * 10));
    if (used_by != std::this_thread::get_id()) throw std::logic_error("two threads at once");
    return example;
  }
  torch::optional<std::size_t> size() const override { return 5; }
  std::thread::id used_by;
};

struct OfUnknownSize : Pairs {
  torch::optional<std::size_t> size() const override { return {}; }
};

/// The numbers from 0 to 4 in batches, then its end.
struct Counting : data::datasets::StatefulDataset<Counting, std::vector<data::TensorExample>> {
  torch::optional<std::vector<data::TensorExample>> get_batch(std::size_t samples) override {
    if (next == 5) return {};
    std::vector<data::TensorExample> examples;
    while (examples.size() < samples && next < 5) examples.emplace_back(torch::tensor(next++));
    return examples;
  }
  torch::optional<std::size_t> size() const override { return {}; }
  void reset() override { next = 0; }
  void save(torch::serialize::OutputArchive&) const override {}
  void load(torch::serialize::InputArchive&) override {}
  std::int64_t next = 5;
};

const std::vector<std::int64_t> kThreeAndOne = {3, 1};

void expect_three_and_one(const AnyBatch& batch) {
  EXPECT_TRUE(batch.inputs().equal(numbers({3, 4, 1, 2}).view({2, 2})));
  EXPECT_TRUE(batch.labels().equal(numbers({30, 10})));
}

TEST(FromTorchDataset, CollatesExamples) {
  const auto dataset = from_torch_dataset(Pairs());
  EXPECT_EQ(dataset->size(), 5);
  expect_three_and_one(dataset->fetch({kThreeAndOne}));
}

TEST(FromTorchDataset, TakesExamplesThatAreStackedAlready) {
  expect_three_and_one(from_torch_dataset(Pairs().map(data::transforms::Stack<>()))->fetch({kThreeAndOne}));
}

TEST(FromTorchDataset, TakesExamplesWithoutLabels) {
  const AnyBatch batch = from_torch_dataset(data::datasets::TensorDataset(torch::arange(5)))->fetch({kThreeAndOne});
  EXPECT_TRUE(batch.inputs().equal(numbers({3, 1})));
  EXPECT_FALSE(batch.labels().defined());
}

TEST(FromTorchDataset, MakesBatchesWithAFunctionOfTheCaller) {
  const auto dataset = from_torch_dataset(Pairs(), [](const std::vector<data::Example<>>& examples) {
    return TensorMap{{"sum", examples.at(0).data + examples.at(1).data}};
  });
  EXPECT_TRUE(dataset->fetch({kThreeAndOne}).as<TensorMap>().at("sum").equal(numbers({4, 6})));
}

TEST(FromTorchDataset, HandsNoCopyToTwoThreadsAtOnce) {
  const auto dataset = from_torch_dataset(Pairs());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) expect_three_and_one(dataset->fetch({kThreeAndOne}));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(FromTorchDataset, RefusesADatasetOfUnknownSize) { EXPECT_THROW(from_torch_dataset(OfUnknownSize()), ConfigError); }

TEST(FromTorchDataset, MakesAStatefulDatasetAStreamThatIsResetBeforeEachPass) {
  const std::shared_ptr<Stream> stream = from_torch_dataset(Counting());
  for (const std::int64_t epoch : {0, 1}) {
    stream->begin({0, epoch});
    EXPECT_TRUE(stream->next(3)->inputs().equal(numbers({0, 1, 2})));
    EXPECT_TRUE(stream->next(3)->inputs().equal(numbers({3, 4})));
    EXPECT_FALSE(stream->next(3).has_value());
  }
}

}  // namespace
}  // namespace baton
