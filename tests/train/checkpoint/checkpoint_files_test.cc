#include "src/train/checkpoint/checkpoint_files.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

#include <algorithm>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/train/checkpoint/optimizer_file.h"
#include "src/train/checkpoint/pt_record.h"
#include "src/train/checkpoint/schedule_file.h"
#include "src/train/checkpoint/tensor_content.h"
#include "src/train/optimizers/adafactor.h"
#include "src/train/optimizers/adamw.h"
#include "tests/fakes/error_of.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/fakes/text_sink.h"

namespace baton::train {
namespace {

namespace fs = std::filesystem;

using fakes::error_of;
using testing::HasSubstr;

// --- tensors ---

/// Remembers how much it was given at once.
struct LargestPiece final : ByteSink {
  using ByteSink::write;
  void write(std::span<const std::byte> bytes) override {
    largest = std::max(largest, bytes.size());
    total += bytes.size();
  }
  std::size_t largest = 0;
  std::size_t total = 0;
};

TEST(TensorContent, WritesElementsRowMajorHoweverTheyLie) {
  const at::Tensor rows = torch::arange(6, torch::kInt64).view({2, 3});
  fakes::TextSink expected;
  content_of(rows.t().contiguous()).write_to(expected);
  fakes::TextSink found;
  content_of(rows.t()).write_to(found);
  EXPECT_EQ(found.text(), expected.text());
}

TEST(TensorContent, CopiesWhatDoesNotLieInOrderAFewMiBAtATime) {
  const std::vector<at::Tensor> tensors = {
      torch::zeros({5'000'000, 2}).t(),                        // a row is larger than a piece
      torch::zeros({3000, 3000}).t(),                          // many rows to a piece
      torch::zeros({2, 3, 1500, 1500}).permute({3, 2, 1, 0}),  // several dimensions
      torch::zeros({1, 9'000'000}).expand({1, 9'000'000}).slice(1, 0, 9'000'000, 2)};
  for (const at::Tensor& tensor : tensors) {
    ASSERT_FALSE(tensor.is_contiguous());
    LargestPiece sink;
    content_of(tensor).write_to(sink);
    EXPECT_EQ(sink.total, tensor.nbytes());
    EXPECT_LE(sink.largest, 20U << 20U) << tensor.sizes();
  }
}

TEST(TensorContent, EveryDtypeComesBack) {
  for (const at::ScalarType type : {at::kBool, at::kByte, at::kChar, at::kShort, at::kInt, at::kLong, at::kHalf,
                                    at::kBFloat16, at::kFloat, at::kDouble}) {
    const at::Tensor tensor = torch::tensor({1, 0, 3}).to(type);
    const pt::Tensor written = to_pt(tensor, "t");
    fakes::TextSink sink;
    written.storage->content.write_to(sink);
    const pt::Tensor read =
        pt::Tensor::contiguous(written.dtype, {3}, std::as_bytes(std::span(sink.text().data(), sink.text().size())));
    EXPECT_TRUE(from_pt(read).equal(tensor)) << type;
  }
}

TEST(TensorContent, ADtypeThatFilesDoNotHaveIsNamed) {
  const at::Tensor complex = torch::zeros({1}, torch::kComplexFloat);
  EXPECT_THAT(error_of<CheckpointError>([&] { to_pt(complex, "wave"); }),
              HasSubstr("tensor \"wave\": the format has no dtype"));
}

TEST(TensorContent, ADetachedCopyDoesNotFollow) {
  const at::Tensor tensor = torch::ones({2});
  const at::Tensor copy = detached_copy(tensor);
  tensor.fill_(5);
  EXPECT_EQ(copy.sum().item<float>(), 2.0F);
}

// --- optimizer and schedule ---

class CheckpointFiles : public testing::Test {
 protected:
  CheckpointFiles() { optimizer_ = adamw({params_[0], params_[1]}); }

  static std::unique_ptr<Optimizer> adamw(const std::vector<at::Tensor>& params) {
    return std::make_unique<AdamW>(std::vector<ParamGroup>{{.params = {params[0]}, .weight_decay = 0.1},
                                                           {.params = {params[1]}, .lr_factor = 0.5}},
                                   AdamWOptions{});
  }
  void train_a_step() {
    for (const at::Tensor& param : params_) param.mutable_grad() = torch::ones_like(param);
    optimizer_->step();
    schedule_.step();
  }
  void save(bool detached = false) {
    for (const PendingFile& file : optimizer_files(*optimizer_, schedule_, 0.1, detached)) write(file);
  }
  void write(const PendingFile& file) const {
    replace_file(folder_.path() / file.name, [&](ByteSink& sink) { file.write(sink); });
  }
  pt::Value saved(const char* name) const { return pt::read_pt(folder_.path() / name); }
  Record plain(const char* name) const { return *from_pt(saved(name))->record(); }

  fakes::TemporaryFolder folder_;
  std::vector<at::Tensor> params_ = {torch::ones({2, 3}), torch::ones({4})};
  std::unique_ptr<Optimizer> optimizer_;
  LrScheduler schedule_{{.type = LrSchedulerType::kLinear, .learning_rate = 0.1, .max_steps = 10}};
};

TEST_F(CheckpointFiles, TheRatesAreThoseOfTheNextUpdateAsInPython) {
  train_a_step();
  save();
  const OptimizerState state = optimizer_from_pt(saved(kOptimizerFile), "file");
  EXPECT_DOUBLE_EQ(state.groups[0].number("lr"), 0.09);
  EXPECT_DOUBLE_EQ(state.groups[1].number("lr"), 0.045);
  EXPECT_DOUBLE_EQ(state.groups[1].number("initial_lr"), 0.05);
  const Record scheduler = plain(kSchedulerFile);
  EXPECT_EQ(scheduler.number("last_epoch"), 1);
  EXPECT_EQ(scheduler.number("_step_count"), 2);
  EXPECT_EQ(scheduler.find("_last_lr")->list()->size(), 2U);
}

TEST_F(CheckpointFiles, EveryParameterHasAStepOfItsOwn) {
  train_a_step();
  save();
  const OptimizerState state = optimizer_from_pt(saved(kOptimizerFile), "file");
  EXPECT_NE(state.params.at(0).tensor("step").data_ptr(), state.params.at(1).tensor("step").data_ptr());
}

TEST_F(CheckpointFiles, AnOptimizerGoesOnWhereItStood) {
  train_a_step();
  save();
  const auto other = adamw({torch::ones({2, 3}), torch::ones({4})});
  EXPECT_EQ(load_optimizer_files(folder_.path(), *other, nullptr)->steps, 1);
  for (const auto& [index, param] : optimizer_->state().params) {
    for (const NamedTensor& named : param.tensors)
      EXPECT_TRUE(other->state().params.at(index).tensor(named.name).equal(named.tensor)) << named.name;
  }
}

TEST_F(CheckpointFiles, WithOneOfTheTwoMissingNeitherIsUsed) {
  for (const char* missing : {kOptimizerFile, kSchedulerFile}) {
    save();
    fs::remove(folder_.path() / missing);
    EXPECT_EQ(load_optimizer_files(folder_.path(), *optimizer_, nullptr), std::nullopt) << missing;
  }
}

TEST_F(CheckpointFiles, WhatIsDetachedIsOfTheTimeOfTheSave) {
  train_a_step();
  const std::vector<PendingFile> files = optimizer_files(*optimizer_, schedule_, 0.1, true);
  const at::Tensor before = optimizer_->state().params.at(0).tensor("exp_avg").clone();
  train_a_step();
  for (const PendingFile& file : files) write(file);
  EXPECT_TRUE(optimizer_from_pt(saved(kOptimizerFile), "file").params.at(0).tensor("exp_avg").equal(before));
}

struct Layout {
  const char* why;
  pt::Value value;
  const char* complaint;
};

pt::Value dict(std::vector<std::pair<const char*, pt::Value>> items) {
  pt::Dict made;
  for (auto& [key, value] : items) made.set(key, std::move(value));
  return made;
}

TEST_F(CheckpointFiles, AnotherLayoutIsRefusedWithTheFilesNameAndNothingChanges) {
  train_a_step();
  save();
  const Layout layouts[] = {
      {"no dict", 3, "optimizer.pt: it is not a dict"},
      {"no state", dict({{"param_groups", pt::List()}}), "\"state\" is not a dict"},
      {"keys are names", dict({{"state", dict({{"weight", dict({})}})}}), "a key of \"state\" is not the number"},
      {"no groups", dict({{"state", dict({})}}), "\"param_groups\" is not a list"},
      {"groups are lists", dict({{"state", dict({})}, {"param_groups", pt::List(1, pt::List())}}),
       "a parameter group is"},
      {"one group", dict({{"state", dict({})}, {"param_groups", pt::List{dict({})}}}),
       "1 parameter groups, expected 2"},
  };
  const at::Tensor before = optimizer_->state().params.at(0).tensor("exp_avg").clone();
  for (const Layout& layout : layouts) {
    pt::write_pt(folder_.path() / kOptimizerFile, layout.value);
    EXPECT_THAT(error_of<CheckpointError>([&] { load_optimizer_files(folder_.path(), *optimizer_, nullptr); }),
                testing::AllOf(HasSubstr(kOptimizerFile), HasSubstr(layout.complaint)))
        << layout.why;
    EXPECT_TRUE(optimizer_->state().params.at(0).tensor("exp_avg").equal(before)) << layout.why;
  }
}

TEST_F(CheckpointFiles, AScheduleThatIsNoneIsRefused) {
  save();
  pt::write_pt(folder_.path() / kSchedulerFile, dict({{"last_epoch", "three"}}));
  EXPECT_THAT(error_of<CheckpointError>([&] { load_optimizer_files(folder_.path(), *optimizer_, nullptr); }),
              HasSubstr("scheduler.pt: \"last_epoch\" is not a whole number"));
}

TEST_F(CheckpointFiles, AScheduleThatFollowsAMetricComesBack) {
  const LrScheduleSpec spec{
      .type = LrSchedulerType::kReduceLrOnPlateau, .learning_rate = 0.1, .kwargs = {{"patience", 0}}};
  LrScheduler schedule(spec);
  for (const double metric : {1.0, 2.0, 0.5}) schedule.step_metric(metric);
  LrScheduler other(spec);
  other.restore(schedule_from_pt(schedule_to_pt(schedule, 0.1, {0.5, 1.0}), {0.5, 1.0}, "file"));
  EXPECT_EQ(other.learning_rate(), schedule.learning_rate());
  EXPECT_EQ(other.state().metric, schedule.state().metric);
}

TEST_F(CheckpointFiles, OfAScheduleThatFollowsAMetricTheOptimizerKnowsNoFirstRate) {
  schedule_ = LrScheduler({.type = LrSchedulerType::kReduceLrOnPlateau, .learning_rate = 0.1});
  save();
  EXPECT_FALSE(optimizer_from_pt(saved(kOptimizerFile), "file").groups[0].find("initial_lr"));
}

TEST_F(CheckpointFiles, PairsOfOptionsAreTuplesAsInPython) {
  const Adafactor optimizer({{.params = {params_[0]}}});
  const pt::Value file = optimizer_to_pt(optimizer.state());
  const auto& group = *file.get<pt::Dict>()->find("param_groups")->get<pt::List>()->front().get<pt::Dict>();
  EXPECT_TRUE(group.find("eps")->get<pt::Tuple>());
  EXPECT_TRUE(group.find("params")->get<pt::List>());
}

// --- scaler and generators ---

TEST_F(CheckpointFiles, TheLossScalerComesBack) {
  LossScaler scaler(at::kCPU, {.initial_scale = 1024.0, .growth_interval = 7});
  write(pending_pt(kScalerFile, to_pt(scaler.state())));
  save();
  LossScaler other(at::kCPU);
  load_optimizer_files(folder_.path(), *optimizer_, &other);
  EXPECT_EQ(other.state(), scaler.state());
  pt::write_pt(folder_.path() / kScalerFile, dict({{"scale", -1.0}, {"_growth_tracker", 0}}));
  EXPECT_THAT(error_of<CheckpointError>([&] { load_optimizer_files(folder_.path(), *optimizer_, &other); }),
              HasSubstr("\"scale\" is not a number above 0"));
}

TEST_F(CheckpointFiles, AScalerStaysAsItIsIfTheOptimizerIsRefused) {
  LossScaler scaler(at::kCPU);
  write(pending_pt(kScalerFile, to_pt(LossScaler(at::kCPU, {.initial_scale = 2.0}).state())));
  save();
  pt::write_pt(folder_.path() / kOptimizerFile, dict({{"state", dict({})}, {"param_groups", pt::List()}}));
  EXPECT_THROW(load_optimizer_files(folder_.path(), *optimizer_, &scaler), CheckpointError);
  EXPECT_EQ(scaler.state().number("scale"), 65536.0);
}

TEST_F(CheckpointFiles, GeneratorsDrawTheSameAgain) {
  torch::manual_seed(3);
  write(pending_pt(kGeneratorsFile, generators_to_pt({RngState(at::kCPU), PythonGenerators::seeded(3)})));
  const at::Tensor drawn = torch::rand({5});
  const auto saved = read_generators(folder_.path(), at::kCPU, {});
  saved->torch.restore();
  EXPECT_TRUE(torch::rand({5}).equal(drawn));
}

TEST_F(CheckpointFiles, GeneratorsOfPythonArePassedOn) {
  const PythonGenerators of_python = PythonGenerators::seeded(5);
  pt::write_pt(folder_.path() / kGeneratorsFile, generators_to_pt({RngState(at::kCPU), of_python}));
  const auto saved = read_generators(folder_.path(), at::kCPU, PythonGenerators::seeded(9));
  const auto first_word = [](const PythonGenerators& generators) {
    return *generators.python.get<pt::Tuple>()->items[1].get<pt::Tuple>()->items[1].get<std::int64_t>();
  };
  EXPECT_EQ(first_word(saved->python), first_word(of_python));
  fs::remove(folder_.path() / kGeneratorsFile);
  EXPECT_FALSE(read_generators(folder_.path(), at::kCPU, {}).has_value());
}

TEST_F(CheckpointFiles, GeneratorsOfAnotherLayoutAreRefused) {
  for (const pt::Value& value : {pt::Value(3), dict({}), dict({{"cpu", "text"}})}) {
    pt::write_pt(folder_.path() / kGeneratorsFile, value);
    EXPECT_THAT(error_of<CheckpointError>([&] { read_generators(folder_.path(), at::kCPU, {}); }),
                HasSubstr("rng_state.pth: "));
  }
}

// --- damage ---

TEST_F(CheckpointFiles, ADamagedFileIsFoundAndNamed) {
  train_a_step();
  save();
  EXPECT_THAT(error_of<CheckpointError>([&] { verify_files(folder_.path()); }), HasSubstr("model.safetensors"));
  safetensors::write(folder_.path() / "model.safetensors", {});
  EXPECT_NO_THROW(verify_files(folder_.path()));
  for (const char* name : {kOptimizerFile, kSchedulerFile}) {
    const std::string good = read_file(folder_.path() / name);
    write_file(folder_.path() / name, good.substr(0, good.size() / 2));
    EXPECT_THAT(error_of<CheckpointError>([&] { verify_files(folder_.path()); }), HasSubstr(name));
    write_file(folder_.path() / name, good);
  }
}

}  // namespace
}  // namespace baton::train
