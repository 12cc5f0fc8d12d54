#include "src/formats/weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/base/json.h"
#include "src/formats/script_archive.h"
#include "tests/fakes/damage.h"
#include "tests/fakes/shown_pt.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/fakes/test_files.h"

namespace baton {
namespace {

using pt::Dict;
using pt::Dtype;
using testing::ElementsAre;
using testing::HasSubstr;

using Shown = std::map<std::string, std::string>;

/// Every tensor by name, as text.
Shown shown(const Weights& weights) {
  Shown all;
  for (const auto& [name, tensor] : weights.tensors) all[name] = json::dump(fakes::shown(tensor));
  return all;
}

class WeightsTest : public testing::Test {
 protected:
  std::filesystem::path golden(const std::string& name) const { return fakes::test_file("golden/" + name); }
  std::filesystem::path pt_file(const pt::Value& value) const {
    pt::write_pt(file_, value);
    return file_;
  }
  std::string error_of(const pt::Value& value, std::string_view key = "") const {
    try {
      read_weights(pt_file(value), key);
    } catch (const CheckpointError& error) {
      return error.what();
    }
    return "";
  }
  /// What a safetensors file holds after these weights were written into it.
  Weights through_safetensors(const Weights& weights) const {
    write_safetensors(safetensors_, weights);
    return read_weights(safetensors_);
  }

  fakes::TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "file.pt";
  const std::filesystem::path safetensors_ = folder_.path() / "file.safetensors";
  const std::array<float, 6> numbers_ = {1, 2, 3, 4, 5, 6};
  const pt::Tensor matrix_ = pt::Tensor::contiguous(Dtype::kF32, {2, 3}, std::as_bytes(std::span(numbers_)));
};

TEST_F(WeightsTest, ReadsWhatLibTorchWrote) {
  const Weights weights = read_weights(golden("libtorch/module.pt"));
  const auto tensor = [](const char* shape, const char* type, const char* values) {
    return std::string("{\"shape\":") + shape + ",\"tensor\":\"" + type + "\",\"values\":" + values + "}";
  };
  EXPECT_EQ(weights.format, WeightsFormat::kLibtorch);
  EXPECT_EQ(shown(weights), (Shown{
                                {"turned", tensor("[2,3]", "float32", "[1.0,3.0,5.0,2.0,4.0,6.0]")},
                                {"half", tensor("[2]", "bfloat16", "[2.0,3.0]")},
                                {"frozen", tensor("[1]", "float64", "[3.0]")},
                                {"count", tensor("[3]", "int64", "[4,5,6]")},
                                {"scalar", tensor("[]", "float32", "[5.0]")},
                                {"empty", tensor("[0,3]", "float32", "[]")},
                                {"mask", tensor("[3]", "bool", "[1,0,1]")},
                                {"small", tensor("[2]", "float8_e4m3fn", "[8.0,9.0]")},
                                {"row", tensor("[2]", "float32", "[3.0,4.0]")},
                                {"blocks.0.weight", tensor("[2,2]", "float32", "[9.0,10.0,11.0,12.0]")},
                                {"blocks.0.bias", tensor("[2]", "float32", "[10.0,11.0]")},
                                {"blocks.2.weight", tensor("[2]", "float32", "[11.0,12.0]")},
                                {"blocks.2.bias", tensor("[2]", "float32", "[12.0,13.0]")},
                                {"blocks.2.running_mean", tensor("[2]", "float32", "[13.0,14.0]")},
                                {"blocks.2.running_var", tensor("[2]", "float32", "[14.0,15.0]")},
                                {"blocks.2.num_batches_tracked", tensor("[]", "int64", "[15]")},
                                {"tied", tensor("[2,2]", "float32", "[9.0,10.0,11.0,12.0]")},
                            }));
}

TEST_F(WeightsTest, ReadsWhatPythonScripted) {
  const Weights weights = read_weights(golden("libtorch/scripted.pt"));
  const Shown all = shown(weights);
  EXPECT_EQ(all.size(), 8U);
  EXPECT_EQ(all.at("out.weight"), "{\"shape\":[2,2],\"tensor\":\"float32\",\"values\":[1.0,2.0,3.0,4.0]}");
  EXPECT_EQ(all.at("tied"), all.at("out.weight"));
  EXPECT_EQ(all.at("norm.num_batches_tracked"), "{\"shape\":[],\"tensor\":\"int64\",\"values\":[1]}");
  EXPECT_THAT(weights.left_out, ElementsAre("parts"));
}

TEST_F(WeightsTest, KeepsEveryElementThroughEveryFormat) {
  for (const char* file : {"libtorch/module.pt", "libtorch/scripted.pt"}) {
    const Weights weights = read_weights(golden(file));
    const Shown all = shown(weights);
    EXPECT_EQ(shown(through_safetensors(weights)), all) << file;
    write_state_dict(file_, weights);
    EXPECT_EQ(shown(read_weights(file_)), all) << file;
    write_script_archive(file_, weights);
    EXPECT_EQ(shown(read_weights(file_)), all) << file;
  }
}

TEST_F(WeightsTest, WritesATiedTensorOnceAndNamesItsOtherName) {
  const Weights weights = through_safetensors(read_weights(golden("libtorch/module.pt")));
  const safetensors::Reader reader(safetensors_);
  EXPECT_EQ(reader.layout().metadata, (safetensors::Metadata{{"format", "pt"}, {"blocks.0.weight", "tied"}}));
  EXPECT_EQ(reader.find("blocks.0.weight"), nullptr);
  EXPECT_EQ(weights.tensors.size(), 17U);
  EXPECT_EQ(elements_of(weights), 35U);
  EXPECT_EQ(weights.metadata, (safetensors::Metadata{{"format", "pt"}}));
}

TEST_F(WeightsTest, SaysOfAllTensorsThatTheyAreOnTheCpu) {
  const auto storage = std::make_shared<pt::Storage>(*matrix_.storage);
  storage->device = "cuda:0";
  pt::Tensor there = matrix_;
  there.storage = storage;
  Dict dict;
  dict.set("a", there);
  dict.set("b", there);
  const Weights weights = read_weights(pt_file(dict));
  EXPECT_EQ(weights.tensors[0].tensor.storage->device, "cpu");
  EXPECT_EQ(weights.tensors[0].tensor.storage, weights.tensors[1].tensor.storage);
}

TEST_F(WeightsTest, AStateDictIsOrderedAndNeedsNoGradients) {
  write_state_dict(file_, read_weights(golden("libtorch/module.pt")));
  const pt::Value value = pt::read_pt(file_);
  EXPECT_TRUE(value.get<Dict>()->ordered);
  EXPECT_FALSE(value.get<Dict>()->find("half")->get<pt::Tensor>()->requires_grad);
}

/// {"epoch": 3, "nets": {"model": {"w": matrix, "extra": "text"}, "ema.model": {"w": matrix}}}
Dict nested(const pt::Tensor& matrix) {
  Dict model;
  model.set("w", matrix);
  model.set("extra", "text");
  Dict ema;
  ema.set("w", matrix);
  Dict nets;
  nets.set("model", std::move(model));
  nets.set("ema.model", std::move(ema));
  Dict all;
  all.set("epoch", 3);
  all.set("nets", std::move(nets));
  return all;
}

TEST_F(WeightsTest, FindsTheWeightsUnderAKey) {
  pt_file(nested(matrix_));
  const Weights weights = read_weights(file_, "nets.model");
  EXPECT_EQ(weights.format, WeightsFormat::kStateDict);
  EXPECT_THAT(shown(weights), ElementsAre(testing::Key("w")));
  EXPECT_THAT(weights.left_out, ElementsAre("extra"));
  EXPECT_THAT(shown(read_weights(file_, "nets.ema.model")), ElementsAre(testing::Key("w")));
}

TEST_F(WeightsTest, SaysWhereTheWeightsMayBe) {
  EXPECT_THAT(error_of(nested(matrix_)),
              HasSubstr(file_.string() + ": its tensors are further down, expected --key nets"));
  EXPECT_THAT(error_of(nested(matrix_), "nets"), HasSubstr("expected --key model or --key ema.model"));
  EXPECT_THAT(error_of(nested(matrix_), "net"), HasSubstr("no key \"net\"; its keys are \"epoch\", \"nets\""));
  EXPECT_THAT(error_of(nested(matrix_), "epoch"), HasSubstr("\"epoch\" is no dict"));
}

TEST_F(WeightsTest, RefusesWhatHoldsNoWeights) {
  EXPECT_THAT(error_of(matrix_), HasSubstr("it holds no dict"));
  EXPECT_THAT(error_of(Dict{}), HasSubstr("it holds no weights"));
  EXPECT_THAT(error_of(Dict{.items = {{1, matrix_}}}), HasSubstr("a key that is no text"));
  EXPECT_THAT(error_of(Dict{.items = {{"a", matrix_}, {"a", matrix_}}}), HasSubstr("two tensors are called \"a\""));
  for (const char* optimizer : {"pt/optimizer.pt", "libtorch/optimizer.pt"}) {
    EXPECT_THAT([&] { read_weights(golden(optimizer)); },
                testing::ThrowsMessage<CheckpointError>(HasSubstr("the state of an optimizer, expected weights")));
  }
}

TEST_F(WeightsTest, RefusesASmallFileThatStandsForALotOfData) {
  pt::Tensor expanded = matrix_;
  expanded.shape = {1 << 20, 3};
  expanded.strides = {0, 1};
  Dict dict;
  dict.set("w", expanded);
  const Weights weights = read_weights(pt_file(dict));
  EXPECT_THAT([&] { write_safetensors(safetensors_, weights); },
              testing::ThrowsMessage<CheckpointError>(HasSubstr("more than 16 times the data")));
  EXPECT_FALSE(std::filesystem::exists(safetensors_));
}

TEST_F(WeightsTest, AKeyIsForPtFilesOnly) {
  EXPECT_THAT([&] { read_weights(safetensors_, "model"); },
              testing::ThrowsMessage<CheckpointError>(HasSubstr("file.safetensors: has no key \"model\"")));
}

TEST_F(WeightsTest, RenamesAllTensors) {
  Weights weights = read_weights(golden("libtorch/scripted.pt"));
  rename(weights, NameMap({"out=fc", "tied=again"}));
  const Shown all = shown(weights);
  for (const char* name : {"fc.weight", "fc.bias", "again", "norm.weight"}) EXPECT_EQ(all.count(name), 1U) << name;
  EXPECT_EQ(all.size(), 8U);
}

TEST_F(WeightsTest, NamesModulesWithoutTensorsToo) {
  EXPECT_THAT(read_module_names(golden("libtorch/module.pt")),
              ElementsAre("blocks", "blocks.0", "blocks.1", "blocks.2", "blocks.3"));
  EXPECT_THAT([&] { read_module_names(golden("pt/state_dict.pt")); },
              testing::ThrowsMessage<CheckpointError>(HasSubstr("state_dict.pt: holds no modules")));
}

TEST_F(WeightsTest, DamageOfAnArchiveIsRefusedOrChangesNothing) {
  const std::string good = fakes::read_test_file("golden/libtorch/scripted.pt");
  const std::string whole = json::dump(fakes::shown(pt::parse_pt(std::as_bytes(std::span(good)), "good")));
  const int refused = fakes::count_refused_damage<CheckpointError>(good, [&](const std::string& damaged) {
    const pt::Value value = pt::parse_pt(std::as_bytes(std::span(damaged)), "damaged");
    EXPECT_EQ(json::dump(fakes::shown(value)), whole);
  });
  EXPECT_GE(refused, static_cast<int>(good.size()));  // all cuts at least
}

}  // namespace
}  // namespace baton
