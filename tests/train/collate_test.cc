#include "baton/train/collate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "baton/core/errors.h"

namespace someones {

struct Word {
  std::string text;
};
struct Words {
  std::string text;
  std::int64_t count = 0;
  std::int64_t size() const { return count; }
  Words to(at::Device) const { return *this; }
};
Words collate(std::vector<Word> words) {
  Words all{"", static_cast<std::int64_t>(words.size())};
  for (const Word& word : words) all.text += word.text;
  return all;
}

}  // namespace someones

namespace baton {
namespace {

using testing::HasSubstr;
using Samples = std::vector<Sample>;
using Maps = std::vector<TensorMap>;

at::Tensor numbers(const std::vector<std::int64_t>& values) { return torch::tensor(values); }

TEST(Collate, StacksTensors) {
  const at::Tensor batch = collate(std::vector<at::Tensor>{numbers({1, 2}), numbers({3, 4})});
  EXPECT_TRUE(batch.equal(numbers({1, 2, 3, 4}).view({2, 2})));
  EXPECT_FALSE(collate(std::vector<at::Tensor>()).defined());
}

TEST(Collate, StacksInputsAndLabels) {
  const Batch batch = collate(Samples{{numbers({1, 2}), torch::tensor(5)}, {numbers({3, 4}), torch::tensor(6)}});
  EXPECT_TRUE(batch.inputs.equal(numbers({1, 2, 3, 4}).view({2, 2})));
  EXPECT_TRUE(batch.labels.equal(numbers({5, 6})));
  EXPECT_FALSE(collate(Samples{{numbers({1}), {}}}).labels.defined());
}

TEST(Collate, StacksNamedTensorsNestedOnesToo) {
  const std::vector<std::map<std::string, TensorMap>> samples = {{{"a", {{"b", numbers({1})}}}},
                                                                 {{"a", {{"b", numbers({2})}}}}};
  EXPECT_TRUE(collate(samples).at("a").at("b").equal(numbers({1, 2}).view({2, 1})));
}

TEST(Collate, NamesTheShapesThatDiffer) {
  try {
    collate(Samples{{numbers({1}), {}}, {numbers({2}), {}}, {numbers({1, 2}), {}}});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "Samples that differ in shape cannot be stacked: number 0 of the batch is [1], number 2 is [2]; "
                 "PadToLongest stacks what differs in length");
  }
}

TEST(Collate, RefusesWhatOnlySomeSamplesHave) {
  EXPECT_THROW(collate(Samples{{numbers({1}), numbers({1})}, {numbers({1}), {}}}), ConfigError);
  EXPECT_THROW(collate(Maps{{{"a", numbers({1})}}, {{"b", numbers({1})}}}), ConfigError);
  EXPECT_THROW(collate(Maps{{{"a", numbers({1})}}, {{"a", numbers({1})}, {"b", numbers({1})}}}), ConfigError);
}

TEST(Collate, IsAFunctionOfTheSamplesOwnNamespace) {
  EXPECT_EQ(DefaultCollate()(std::vector<someones::Word>{{"ab"}, {"c"}}).text, "abc");
}

TEST(PadToLongest, PadsInputsAndLabelsAtTheirEnds) {
  const Batch batch =
      PadToLongest{.input_padding = 7}(Samples{{numbers({1, 2, 3}), numbers({4, 5, 6})}, {numbers({1}), numbers({2})}});
  EXPECT_TRUE(batch.inputs.equal(numbers({1, 2, 3, 1, 7, 7}).view({2, 3})));
  EXPECT_TRUE(batch.labels.equal(numbers({4, 5, 6, 2, -100, -100}).view({2, 3})));
}

TEST(PadToLongest, StacksSingleNumbers) {
  const Batch batch = PadToLongest()(Samples{{numbers({1, 2}), torch::tensor(0)}, {numbers({3}), torch::tensor(1)}});
  EXPECT_TRUE(batch.inputs.equal(numbers({1, 2, 3, 0}).view({2, 2})));
  EXPECT_TRUE(batch.labels.equal(numbers({0, 1})));
}

TEST(PadToLongest, PadsNamedTensorsEachWithItsOwn) {
  const PadToLongest collate{.padding = {{"labels", -100}}};
  const TensorMap batch =
      collate(Maps{{{"ids", numbers({1, 2})}, {"mask", numbers({1, 1})}, {"labels", numbers({1, 2})}},
                   {{"ids", numbers({3})}, {"mask", numbers({1})}, {"labels", numbers({3})}}});
  EXPECT_TRUE(batch.at("ids").equal(numbers({1, 2, 3, 0}).view({2, 2})));
  EXPECT_TRUE(batch.at("mask").equal(numbers({1, 1, 1, 0}).view({2, 2})));
  EXPECT_TRUE(batch.at("labels").equal(numbers({1, 2, 3, -100}).view({2, 2})));
  EXPECT_TRUE(collate(Maps()).empty());
}

}  // namespace
}  // namespace baton
