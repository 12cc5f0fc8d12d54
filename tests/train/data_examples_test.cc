// The code that docs/data.md shows.
#include <gtest/gtest.h>

#include <fstream>

#include "baton/train.h"
#include "src/base/files.h"
#include "tests/fakes/temporary_folder.h"

namespace shop {

struct Order {
  at::Tensor items;
  double price = 0.0;
};

struct Orders {
  at::Tensor items;   // of all orders, one after the other
  at::Tensor of;      // which order each item belongs to
  at::Tensor prices;  // one an order

  std::int64_t size() const { return prices.size(0); }
  Orders to(at::Device device) const { return {items.to(device), of.to(device), prices.to(device)}; }
};

Orders collate(std::vector<Order> orders) {
  std::vector<at::Tensor> items, of;
  std::vector<double> prices;
  for (const Order& order : orders) {
    items.push_back(order.items);
    of.push_back(torch::full_like(order.items, static_cast<std::int64_t>(prices.size())));
    prices.push_back(order.price);
  }
  return {torch::cat(items), torch::cat(of), torch::tensor(prices)};
}

struct Pricing : torch::nn::Module {
  at::Tensor training_step(const Orders& batch) {
    const auto sums = torch::zeros(batch.size()).index_add(0, batch.of, prices.index({batch.items}));
    return torch::mse_loss(sums, batch.prices);
  }
  at::Tensor prices = register_parameter("prices", torch::zeros(100));
};

}  // namespace shop

namespace baton {
namespace {

std::vector<AnyBatch> all(DataSource data, const DataLoaderOptions& options) {
  DataLoader loader(std::move(data), options);
  std::vector<AnyBatch> batches;
  while (auto batch = loader.next()) batches.push_back(std::move(*batch));
  return batches;
}

TEST(DataExamples, TensorsInMemory) {
  const at::Tensor images = torch::full({10, 28, 28}, 51, at::kByte);
  const at::Tensor labels = torch::arange(10);
  auto train = std::make_shared<baton::TensorDataset>(images, labels, [](baton::Batch batch) {
    batch.inputs = batch.inputs.to(torch::kFloat).div_(255);
    return batch;
  });
  EXPECT_TRUE(all(train, {.batch_size = 10}).front().inputs().eq(0.2F).all().item<bool>());
}

TEST(DataExamples, OneSampleAtATime) {
  const auto read_picture = [](std::int64_t index) { return torch::full({3}, index).cumsum(0); };
  const std::vector<std::int64_t> label_of = {7, 8, 9};
  auto train = baton::map_dataset(3, [=](std::int64_t index, baton::SampleRandom& random) {
    at::Tensor picture = read_picture(index);
    if (random.chance(0.5)) picture = picture.flip(-1);
    return baton::Sample{picture, torch::tensor(label_of.at(static_cast<std::size_t>(index)))};
  });
  const auto batches = all(train, {.batch_size = 3});
  EXPECT_TRUE(batches.front().labels().equal(torch::tensor({7, 8, 9})));
  EXPECT_TRUE(batches.front().inputs().sum(1).equal(torch::tensor({0, 6, 12}, at::kLong)));
}

TEST(DataExamples, SamplesOfDifferentLength) {
  const std::vector<at::Tensor> sentences = {torch::tensor({5, 6, 7}), torch::tensor({8})};
  const auto train = baton::map_dataset(
      2,
      [=](std::int64_t index) {
        const at::Tensor ids = sentences.at(static_cast<std::size_t>(index));
        return baton::TensorMap{{"input_ids", ids}, {"attention_mask", torch::ones_like(ids)}, {"labels", ids}};
      },
      baton::PadToLongest{.padding = {{"labels", -100}}});
  const baton::TensorMap batch = all(train, {}).front().as<baton::TensorMap>();
  EXPECT_TRUE(batch.at("attention_mask").sum(1).equal(torch::tensor({3, 1})));
  EXPECT_EQ(batch.at("labels")[1][2].item<int>(), -100);
}

TEST(DataExamples, BatchesOfAnotherType) {
  const auto train = baton::map_dataset(4, [](std::int64_t index) {
    return shop::Order{torch::tensor({index, index + 1}), static_cast<double>(index)};
  });
  const auto model = baton::Model(std::make_shared<shop::Pricing>()).module();
  for (const AnyBatch& batch : all(train, {.batch_size = 2, .workers = 2})) {
    EXPECT_EQ(batch.size(), 2);
    EXPECT_TRUE(model->training_step(batch).requires_grad());
  }
}

TEST(DataExamples, Streams) {
  const fakes::TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "numbers.txt";
  write_file(path, "1\n2\n3\n");
  const auto train = std::make_shared<baton::RestartableStream>([path](const baton::StreamPass&) {
    auto file = std::make_shared<std::ifstream>(path);
    return baton::in_batches([file]() -> std::optional<baton::Sample> {
      double number = 0.0;
      if (!(*file >> number)) return std::nullopt;
      return baton::Sample{torch::tensor({number}), torch::tensor({2 * number})};
    });
  });
  for (int pass = 0; pass < 2; ++pass) EXPECT_EQ(all(train, {.batch_size = 2}).size(), 2U);
}

TEST(DataExamples, TokenFiles) {
  const fakes::TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "tokens.bin";
  const std::vector<std::int64_t> text(1000, 7);
  baton::write_token_file(path, text, baton::TokenType::kUint16);
  const baton::TokenFileOptions options{.sequence_length = 128, .vocabulary = 256};
  auto train = std::make_shared<baton::TokenFileDataset>(path, options);
  EXPECT_EQ(all(train, {.batch_size = 7}).front().inputs().sizes(), (std::vector<std::int64_t>{7, 128}));
}

TEST(DataExamples, DataSetsOfTorchData) {
  const auto train = baton::from_torch_dataset(torch::data::datasets::TensorDataset(torch::arange(5)));
  EXPECT_EQ(all(train, {.batch_size = 2}).size(), 3U);
}

}  // namespace
}  // namespace baton
