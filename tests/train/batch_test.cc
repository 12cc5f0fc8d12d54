#include "baton/train/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "baton/core/errors.h"

namespace someones {

/// A type that is not ours to give members: its functions lie beside it.
struct Cloud {
  at::Tensor points;
};
std::int64_t batch_size(const Cloud& cloud) { return cloud.points.size(0); }
Cloud to_device(const Cloud& cloud, at::Device device) { return {cloud.points.to(device)}; }

}  // namespace someones

namespace baton {
namespace {

using testing::HasSubstr;
using NestedMap = std::map<std::string, TensorMap>;

struct Pair {
  at::Tensor left, right, labels;
  std::int64_t size() const { return left.size(0); }
  Pair to(at::Device device) const { return {left.to(device), right.to(device), labels.to(device)}; }
};

const at::Device kMeta(at::kMeta);  // a device that every LibTorch has

static_assert(BatchType<Batch> && BatchType<at::Tensor> && BatchType<Pair> && BatchType<someones::Cloud>);
static_assert(BatchType<TensorMap> && BatchType<NestedMap>);
static_assert(!BatchType<int> && !BatchType<std::string> && !BatchType<std::vector<at::Tensor>>);

TEST(AnyBatch, CountsTheSamplesOfEachBatchType) {
  const at::Tensor three = torch::zeros({3, 2});
  EXPECT_EQ(AnyBatch(Batch{three, {}}).size(), 3);
  EXPECT_EQ(AnyBatch(three).size(), 3);
  EXPECT_EQ(AnyBatch(Pair{three, three, three}).size(), 3);
  EXPECT_EQ(AnyBatch(someones::Cloud{three}).size(), 3);
  EXPECT_EQ(AnyBatch(TensorMap{{"a", three}}).size(), 3);
  EXPECT_EQ(AnyBatch(NestedMap{{"a", {{"b", three}}}}).size(), 3);
  EXPECT_EQ(AnyBatch(TensorMap()).size(), 0);
  EXPECT_EQ(AnyBatch().size(), 0);
}

TEST(AnyBatch, MovesEachBatchTypeToADevice) {
  const at::Tensor tensor = torch::zeros({1});
  const auto moved = [](AnyBatch batch) {
    batch.move_to(kMeta);
    return batch;
  };
  EXPECT_TRUE(moved(Batch{tensor, tensor}).as<Batch>().labels.is_meta());
  EXPECT_TRUE(moved(tensor).as<at::Tensor>().is_meta());
  EXPECT_TRUE(moved(Pair{tensor, tensor, tensor}).as<Pair>().right.is_meta());
  EXPECT_TRUE(moved(someones::Cloud{tensor}).as<someones::Cloud>().points.is_meta());
  EXPECT_TRUE(moved(NestedMap{{"a", {{"b", tensor}}}}).as<NestedMap>().at("a").at("b").is_meta());
}

TEST(AnyBatch, LeavesWhatIsNotThereUndefinedWhenItMoves) {
  AnyBatch batch = Batch{torch::zeros({1}), {}};
  batch.move_to(kMeta);
  EXPECT_FALSE(batch.labels().defined());
}

TEST(AnyBatch, MovingACopyLeavesTheOriginal) {
  const AnyBatch original = TensorMap{{"a", torch::zeros({1})}};
  AnyBatch copy = original;
  copy.move_to(kMeta);
  EXPECT_TRUE(original.as<TensorMap>().at("a").is_cpu());
}

TEST(AnyBatch, KnowsInputsAndLabelsByTheirNames) {
  const at::Tensor inputs = torch::zeros({2, 1});
  const at::Tensor labels = torch::ones({2});
  EXPECT_TRUE(AnyBatch(Batch{inputs, labels}).inputs().is_same(inputs));
  EXPECT_TRUE(AnyBatch(Pair{inputs, inputs, labels}).labels().is_same(labels));
  EXPECT_FALSE(AnyBatch(Pair{inputs, inputs, labels}).inputs().defined());
  EXPECT_TRUE(AnyBatch(TensorMap{{"inputs", inputs}}).inputs().is_same(inputs));
  EXPECT_TRUE(AnyBatch(TensorMap{{"input_ids", inputs}, {"inputs", labels}}).inputs().is_same(inputs));
  EXPECT_FALSE(AnyBatch(TensorMap{{"input_ids", inputs}}).labels().defined());
  EXPECT_TRUE(AnyBatch(inputs).inputs().is_same(inputs));
}

TEST(AnyBatch, DescribesItsShapes) {
  const at::Tensor tensor = torch::zeros({2, 3});
  EXPECT_EQ(AnyBatch(Batch{tensor, {}}).describe(), "inputs [2, 3] float, labels none");
  EXPECT_EQ(AnyBatch(TensorMap{{"b", tensor}, {"a", tensor.to(at::kLong)}}).describe(),
            "a [2, 3] long, b [2, 3] float");
}

TEST(AnyBatch, NamesBothTypesWhenAskedForAnother) {
  const AnyBatch plain = Batch{torch::zeros({1}), {}};
  const AnyBatch map = TensorMap{};
  const auto message = [](auto ask) {
    try {
      ask();
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string("nothing thrown");
  };
  EXPECT_EQ(message([&] { plain.as<TensorMap>(); }),
            "The data serves batches of type baton::Batch, the model expects baton::TensorMap");
  EXPECT_EQ(message([&] { map.as<Batch>(); }),
            "The data serves batches of type baton::TensorMap, the model expects baton::Batch");
  EXPECT_THAT(message([&] { map.as<Pair>(); }), HasSubstr("Pair"));
}

}  // namespace
}  // namespace baton
