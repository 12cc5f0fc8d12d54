#include "examples/fashion_mnist/idx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>

#include "src/base/files.h"
#include "tests/fakes/damage.h"
#include "tests/fakes/temporary_folder.h"

namespace fashion_mnist {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Two images of 1 x 3.
const std::string kImages(std::string("\0\0\x08\3"
                                      "\0\0\0\2"
                                      "\0\0\0\1"
                                      "\0\0\0\3",
                                      16) +
                          "abcdef");

class IdxTest : public testing::Test {
 protected:
  void put(const std::string& bytes) const { std::ofstream(file_, std::ios::binary) << bytes; }
  void put_compressed(const std::string& bytes) const {
    gzFile file = gzopen((file_.string() + ".gz").c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
  }
  std::string error() const {
    try {
      read_idx(file_, 3);
    } catch (const DataError& error) {
      return error.what();
    }
    return "";
  }

  baton::fakes::TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "images";
};

TEST_F(IdxTest, ReadsPlainFiles) {
  put(kImages);
  const Idx idx = read_idx(file_, 3);
  EXPECT_THAT(idx.shape, ElementsAre(2, 1, 3));
  EXPECT_THAT(idx.elements, ElementsAre('a', 'b', 'c', 'd', 'e', 'f'));
}

TEST_F(IdxTest, ReadsCompressedFiles) {
  put_compressed(kImages);
  EXPECT_EQ(read_idx(file_, 3).elements.size(), 6U);
}

TEST_F(IdxTest, NamesAnAbsentFile) {
  EXPECT_EQ(error(), file_.string() + ": there is no such file, with or without .gz");
}

TEST_F(IdxTest, SaysWhatIsWrong) {
  const struct {
    std::string bytes;
    const char* problem;
  } rows[] = {
      {kImages.substr(0, 10), "ends or is damaged within its header"},
      {kImages.substr(0, 20), "ends or is damaged within its elements"},
      {kImages + "g", "is longer than its header says"},
      {"<html>not found</html>", "is no idx file of unsigned bytes with 3 dimensions"},
      {std::string("\0\0\x08\1\0\0\0\2ab", 10), "with 3 dimensions"},
      {std::string("\0\0\x0D\3", 4) + kImages.substr(4), "of unsigned bytes"},
      {kImages.substr(0, 4) + std::string(12, '\xFF'), "more than 2 GiB"},
  };
  for (const auto& row : rows) {
    put(row.bytes);
    EXPECT_THAT(error(), HasSubstr(row.problem));
    EXPECT_THAT(error(), HasSubstr(file_.string()));
  }
}

TEST_F(IdxTest, RefusesEveryCutOfACompressedFile) {
  put_compressed(kImages);
  const std::string good = baton::read_file(file_.string() + ".gz");
  for (std::size_t size = 0; size < good.size(); ++size) {
    put(good.substr(0, size));
    EXPECT_NE(error(), "") << "cut at byte " << size;
  }
}

TEST_F(IdxTest, NeverReadsOtherElementsFromADamagedCompressedFile) {
  put_compressed(kImages);
  const std::string good = baton::read_file(file_.string() + ".gz");
  const int refused = baton::fakes::count_refused_damage<DataError>(good, [&](const std::string& damaged) {
    put(damaged);
    EXPECT_EQ(read_idx(file_, 3).elements, (std::vector<std::uint8_t>{'a', 'b', 'c', 'd', 'e', 'f'}));
  });
  EXPECT_GT(refused, static_cast<int>(good.size()));
}

}  // namespace
}  // namespace fashion_mnist
