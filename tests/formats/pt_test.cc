#include "src/formats/pt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/base/json.h"
#include "tests/fakes/damage.h"
#include "tests/fakes/shown_pt.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/fakes/test_files.h"

namespace baton::pt {
namespace {

using fakes::shown;
using testing::ElementsAre;
using testing::HasSubstr;

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

class Pt : public testing::Test {
 protected:
  baton::Value golden(const std::string& name) const {
    const std::string text = fakes::read_test_file("golden/pt/values.json");
    return *json::parse(text, "values.json").record()->find(name);
  }
  Value round_trip(const Value& value) const {
    write_pt(file_, value);
    return read_pt(file_);
  }
  std::string error_of_writing(const Value& value) const {
    try {
      write_pt(file_, value);
    } catch (const CheckpointError& error) {
      return error.what();
    }
    return "";
  }

  fakes::TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "file.pt";
  const std::array<float, 6> numbers_ = {1, 2, 3, 4, 5, 6};
  const Tensor matrix_ = Tensor::contiguous(Dtype::kF32, {2, 3}, std::as_bytes(std::span(numbers_)));
};

class PtGolden : public Pt, public testing::WithParamInterface<const char*> {
 protected:
  const std::string text_ = fakes::read_test_file(std::string("golden/pt/") + GetParam());
};

TEST_P(PtGolden, IsReadAsTorchDoes) {
  EXPECT_EQ(json::dump(shown(parse_pt(bytes_of(text_), "golden"))), json::dump(golden(GetParam())));
}

TEST_P(PtGolden, IsTheSameWrittenAndReadAgain) {
  const Value value = parse_pt(bytes_of(text_), "golden");
  EXPECT_EQ(shown(round_trip(value)), shown(value));
}

INSTANTIATE_TEST_SUITE_P(Files, PtGolden,
                         testing::Values("optimizer.pt", "scheduler.pt", "rng_state.pth", "state_dict.pt", "plain.pt",
                                         "plain_protocol4.pt"));

/// Reads every damaged copy of a good file: each is refused or holds the same.
void expect_damage_is_harmless(const std::string& good) {
  const baton::Value whole = shown(parse_pt(bytes_of(good), "good"));
  const int refused = fakes::count_refused_damage<CheckpointError>(
      good, [&](const std::string& damaged) { EXPECT_EQ(shown(parse_pt(bytes_of(damaged), "damaged")), whole); });
  EXPECT_GE(refused, static_cast<int>(good.size()));  // all cuts at least
}

TEST_F(Pt, DamageOfAFileOfTorchIsRefusedOrChangesNothing) {
  expect_damage_is_harmless(fakes::read_test_file("golden/pt/scheduler.pt"));
}

TEST_F(Pt, DamageOfItsOwnFilesIsRefusedOrChangesNothing) {
  Tensor row = matrix_;
  row.shape = {3};
  row.strides = {2};
  write_pt(file_, List{matrix_, row, NumpyArray{"<u4", {1}, false, "1234"}});
  expect_damage_is_harmless(read_file(file_));
}

TEST_F(Pt, SharesOneStorageAmongViews) {
  const Value state = parse_pt(bytes_of(fakes::read_test_file("golden/pt/state_dict.pt")), "golden");
  const Dict& dict = *state.get<Dict>();
  const Tensor& tied = *dict.find("tied")->get<Tensor>();
  for (const char* name : {"tied_too", "row", "turned"}) {
    EXPECT_EQ(dict.find(name)->get<Tensor>()->storage, tied.storage) << name;
  }
  EXPECT_THAT(dict.find("turned")->get<Tensor>()->strides, ElementsAre(1, 4));
  EXPECT_TRUE(dict.ordered);
  EXPECT_TRUE(dict.find("parameter")->get<Tensor>()->requires_grad);
}

TEST_F(Pt, WritesASharedStorageOnce) {
  Tensor row = matrix_;
  row.offset = 3;
  row.shape = {3};
  row.strides = {1};
  Dict dict;
  dict.set("matrix", matrix_);
  dict.set("row", row);
  const Value read = round_trip(dict);
  const Tensor& read_row = *read.get<Dict>()->find("row")->get<Tensor>();
  EXPECT_EQ(read_row.storage, read.get<Dict>()->find("matrix")->get<Tensor>()->storage);
  EXPECT_EQ(read_row.storage->content.size(), 24U);
  EXPECT_EQ(0, std::memcmp(read_row.bytes().data(), &numbers_[3], 12));
}

TEST_F(Pt, AlignsTensorsTo64Bytes) {
  const Value read = round_trip(List{matrix_, "between", Tensor::contiguous(Dtype::kU8, {24}, matrix_.bytes())});
  for (const std::size_t i : {0U, 2U}) {
    const Tensor& tensor = *(*read.get<List>())[i].get<Tensor>();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.storage->content.memory().data()) % 64, 0U);
  }
}

TEST_F(Pt, TensorsOutliveTheirValueAndTheFileSName) {
  Tensor tensor = *round_trip(matrix_).get<Tensor>();
  std::filesystem::remove(file_);
  EXPECT_EQ(0, std::memcmp(tensor.bytes().data(), numbers_.data(), 24));
}

TEST_F(Pt, WithoutCheckingTensorsOnlyTheirDamageIsOverlooked) {
  write_pt(file_, matrix_);
  std::string text = read_file(file_);
  text[text.find({reinterpret_cast<const char*>(numbers_.data()), sizeof numbers_})] ^= 1;
  EXPECT_THROW(parse_pt(bytes_of(text), "damaged"), CheckpointError);
  EXPECT_NO_THROW(parse_pt(bytes_of(text), "damaged", Check::kAllButTensors));
  text[text.find("_rebuild_tensor_v2")] ^= 1;
  EXPECT_THROW(parse_pt(bytes_of(text), "damaged", Check::kAllButTensors), CheckpointError);
}

TEST_F(Pt, WritesNothingWhenATensorIsWrong) {
  const auto with = [&](auto change) {
    Tensor tensor = matrix_;
    change(tensor);
    return error_of_writing(tensor);
  };
  EXPECT_THAT(with([](Tensor& t) { t.storage = nullptr; }), HasSubstr("no storage"));
  EXPECT_THAT(with([](Tensor& t) { t.strides = {1}; }), HasSubstr("as many strides"));
  EXPECT_THAT(with([](Tensor& t) { t.offset = -1; }), HasSubstr("negative"));
  EXPECT_THAT(with([](Tensor& t) { t.offset = 1; }), HasSubstr("beyond its storage of 6 elements"));
  EXPECT_THAT(with([](Tensor& t) { t.shape = {2, 4}; }), HasSubstr("beyond its storage"));
  EXPECT_THAT(with([](Tensor& t) { t.strides = {std::int64_t{1} << 62, 1}; }), HasSubstr("beyond its storage"));
  EXPECT_THAT(with([](Tensor& t) { t.shape = {std::int64_t{1} << 40, std::int64_t{1} << 40}; }), HasSubstr("larger"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(Pt, WritesNothingWhenValuesAreTooDeep) {
  Value deep;
  for (int i = 0; i < 200; ++i) deep = List{std::move(deep)};
  EXPECT_THAT(error_of_writing(deep), HasSubstr("nested more than 100 deep"));
}

TEST_F(Pt, SaysWhichFileItCannotReadOrWrite) {
  const std::filesystem::path absent = folder_.path() / "absent" / "file.pt";
  for (const auto& use : {+[](const std::filesystem::path& path) { read_pt(path); },
                          +[](const std::filesystem::path& path) { write_pt(path, 1); }}) {
    try {
      use(absent);
      FAIL();
    } catch (const CheckpointError& error) {
      EXPECT_THAT(error.what(), HasSubstr(absent.string()));
    }
  }
}

TEST_F(Pt, KnowsWhichViewsAreContiguous) {
  Tensor turned = matrix_;
  turned.shape = {3, 2};
  turned.strides = {1, 3};
  EXPECT_TRUE(matrix_.is_contiguous());
  EXPECT_FALSE(turned.is_contiguous());
  turned.shape = {1, 1};
  EXPECT_TRUE(turned.is_contiguous()) << "strides of extents of 1 mean nothing";
  turned.shape = {3, 0};
  EXPECT_TRUE(turned.is_contiguous());
}

}  // namespace
}  // namespace baton::pt
