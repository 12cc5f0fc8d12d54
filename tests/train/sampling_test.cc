#include "baton/train/sampling.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <numeric>

#include "tests/train/torch_golden.h"

namespace baton {
namespace {

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

TEST(ShuffledOrder, DiffersByEpochAndIsAlwaysAPermutation) {
  std::vector<at::Tensor> orders;
  for (int epoch = 0; epoch < 20; ++epoch) {
    const at::Tensor order = shuffled_order(50, 42, epoch);
    EXPECT_TRUE(std::get<0>(order.sort()).equal(torch::arange(50)));
    for (const at::Tensor& other : orders) EXPECT_FALSE(order.equal(other));
    orders.push_back(order);
  }
}

TEST(LengthGroupedOrder, IsTheReferencesOnItsGenerator) {
  const train::TorchGolden golden;
  for (const Value& row : golden.list("grouped_orders")) {
    const Record& expected = *row.record();
    std::vector<std::int64_t> lengths;
    for (const double length : train::numbers_of(*expected.find("lengths"))) {
      lengths.push_back(static_cast<std::int64_t>(length));
    }
    const at::Tensor order =
        length_grouped_order(lengths, *expected.find("group")->integer(), *expected.find("seed")->integer(),
                             *expected.find("epoch")->integer());
    EXPECT_TRUE(order.to(at::kDouble).equal(torch::tensor(train::numbers_of(*expected.find("order")), at::kDouble)))
        << lengths.size() << " samples in groups of " << *expected.find("group")->integer();
  }
}

TEST(LengthGroupedOrder, PutsSimilarLengthsTogether) {
  std::vector<std::int64_t> lengths(400);
  for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = static_cast<std::int64_t>(i * 37 % 101);
  const at::Tensor order = length_grouped_order(lengths, 10, 42, 1);
  EXPECT_TRUE(std::get<0>(order.sort()).equal(torch::arange(400)));
  const at::Tensor ordered = torch::tensor(lengths).index_select(0, order);
  EXPECT_EQ(ordered[0].item<int>(), 100) << "the longest first";
  const at::Tensor spread = std::get<0>(ordered.view({40, 10}).max(1)) - std::get<0>(ordered.view({40, 10}).min(1));
  EXPECT_LT(spread.median().item<int>(), 20);
}

}  // namespace
}  // namespace baton
