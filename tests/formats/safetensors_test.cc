#include "src/formats/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "tests/fakes/damage.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::safetensors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Safetensors : public testing::Test {
 protected:
  /// A file of 8 + header + data bytes.
  void write_raw(const std::string& header, std::size_t data_bytes) const {
    std::string text(8, '\0');
    text[0] = static_cast<char>(header.size());
    put(text + header + std::string(data_bytes, 'x'));
  }
  void put(const std::string& text) const { std::ofstream(file_, std::ios::binary) << text; }

  std::string error_of_raw(const std::string& header, std::size_t data_bytes) const {
    write_raw(header, data_bytes);
    try {
      Reader reader(file_);
    } catch (const CheckpointError& error) {
      return error.what();
    }
    return "";
  }

  void write_sample() const {
    const std::span<const std::byte> bytes = std::as_bytes(std::span(numbers_));
    write(file_,
          {{"small", Dtype::kU8, {3}, bytes.first(3)},
           {"b", Dtype::kF32, {2, 2}, bytes.first(16)},
           {"empty", Dtype::kF32, {0, 4}, {}},
           {"a", Dtype::kF32, {}, bytes.subspan(16, 4)},
           {"wide", Dtype::kI64, {1}, bytes.first(8)}},
          {{"format", "pt"}});
  }

  fakes::TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "model.safetensors";
  const std::array<float, 5> numbers_ = {1, 2, 3, 4, 5};
};

TEST_F(Safetensors, ReadsBackWhatItWrote) {
  write_sample();
  Reader reader(file_);
  EXPECT_EQ(reader.layout().metadata, (Metadata{{"format", "pt"}}));
  const TensorInfo* matrix = reader.find("b");
  ASSERT_NE(matrix, nullptr);
  EXPECT_EQ(matrix->dtype, Dtype::kF32);
  EXPECT_THAT(matrix->shape, ElementsAre(2, 2));
  std::array<float, 4> values{};
  reader.read(*matrix, std::as_writable_bytes(std::span(values)));
  EXPECT_THAT(values, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(reader.find("c"), nullptr);
}

TEST_F(Safetensors, PutsWideTypesFirstThenSortsByNameAndAligns) {
  write_sample();
  const Reader reader(file_);
  std::vector<std::string> names;
  for (const TensorInfo& tensor : reader.layout().tensors) names.push_back(tensor.name);
  EXPECT_THAT(names, ElementsAre("wide", "a", "b", "empty", "small"));
  EXPECT_EQ(reader.layout().tensors.front().begin % 8, 0U);
}

TEST_F(Safetensors, RefusesEveryCutAndSurvivesEveryFlippedBit) {
  write_sample();
  const std::string good = read_file(file_);
  const int refused = fakes::count_refused_damage<CheckpointError>(good, [&](const std::string& damaged) {
    put(damaged);
    Reader reader(file_);
    for (const TensorInfo& tensor : reader.layout().tensors) {
      std::vector<std::byte> bytes(tensor.size);
      reader.read(tensor, bytes);
    }
  });
  EXPECT_GE(refused, static_cast<int>(good.size()));
}

TEST_F(Safetensors, AcceptsWhatTheReferenceAccepts) {
  const struct {
    const char* header;
    std::size_t data;
    const char* why;
  } rows[] = {
      {R"({})", 0, "no tensors"},
      {R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})", 4, "a scalar, unpadded header"},
      {R"({"a":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]}})", 0, "an extent of 0"},
      {"  {\"a\":{\"data_offsets\":[0,1],\"shape\":[1],\"dtype\":\"U8\",\"more\":1}}\n\n", 1,
       "blanks, other order, extra key"},
  };
  for (const auto& row : rows) EXPECT_EQ(error_of_raw(row.header, row.data), "") << row.why;
}

TEST_F(Safetensors, RefusesWhatTheReferenceRefuses) {
  const struct {
    const char* header;
    std::size_t data;
    const char* problem;
  } rows[] = {
      {R"([])", 0, "no JSON object"},
      {R"({"a":1})", 0, "expected an object"},
      {R"({"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}})", 4, "unknown dtype \"f32\""},
      {R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4, "shape is no list of whole numbers"},
      {R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4, "do not fit its shape"},
      {R"({"a":{"dtype":"U8","shape":[4611686018427387904,4],"data_offsets":[0,0]}})", 0, "larger than the file"},
      {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4, "do not lie within the file"},
      {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 3, "do not lie within the file"},
      {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 5, "the header speaks of"},
      {R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", 2, "a gap or an overlap"},
      {R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
       1, "overlap"},
      {R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
       0, "twice"},
      {R"({"__metadata__":{"n":1}})", 0, "is no text"},
      {R"({"a":)", 0, "no valid JSON"},
  };
  for (const auto& row : rows) EXPECT_THAT(error_of_raw(row.header, row.data), HasSubstr(row.problem)) << row.header;
  EXPECT_THAT(error_of_raw(std::string("{}\0", 3), 0), HasSubstr("zero byte"));
}

TEST_F(Safetensors, SaysWhichFileItCannotOpen) {
  try {
    Reader reader(folder_.path() / "absent");
    FAIL();
  } catch (const CheckpointError& error) {
    EXPECT_THAT(error.what(), HasSubstr((folder_.path() / "absent").string()));
  }
}

TEST_F(Safetensors, WritesNothingWhenNamesOrSizesAreWrong) {
  const auto bytes = std::as_bytes(std::span(numbers_)).first(4);
  EXPECT_THROW(write(file_, {{"a", Dtype::kF32, {1}, bytes}, {"a", Dtype::kI32, {1}, bytes}}), CheckpointError);
  EXPECT_THROW(write(file_, {{"a", Dtype::kF32, {2}, bytes}}), CheckpointError);
  EXPECT_THROW(write(folder_.path() / "absent" / "file", {}), CheckpointError);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace baton::safetensors
