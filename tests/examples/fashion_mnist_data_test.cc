#include "examples/fashion_mnist/data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "examples/fashion_mnist/idx.h"
#include "tests/fakes/temporary_folder.h"

namespace fashion_mnist {
namespace {

using testing::HasSubstr;

std::string big_endian(std::uint8_t number) { return {'\0', '\0', '\0', static_cast<char>(number)}; }

class FashionMnistData : public testing::Test {
 protected:
  void put_images(std::uint8_t count, std::uint8_t width = 28) const {
    put("t10k-images-idx3-ubyte", std::string("\0\0\x08\3", 4) + big_endian(count) + big_endian(28) +
                                      big_endian(width) + std::string(std::size_t{count} * 28 * width, '\xFF'));
  }
  void put_labels(const std::string& labels) const {
    put("t10k-labels-idx1-ubyte",
        std::string("\0\0\x08\1", 4) + big_endian(static_cast<std::uint8_t>(labels.size())) + labels);
  }
  void put(const char* name, const std::string& bytes) const {
    std::ofstream(folder_.path() / name, std::ios::binary) << bytes;
  }
  std::string error() const {
    try {
      load(folder_.path(), Split::kTest);
    } catch (const DataError& error) {
      return error.what();
    }
    return "";
  }

  baton::fakes::TemporaryFolder folder_;
};

TEST_F(FashionMnistData, ServesNormalisedImagesAndTheirLabels) {
  put_images(2);
  put_labels("\3\4");
  const auto data = load(folder_.path(), Split::kTest);
  const std::vector<std::int64_t> second = {1};
  const baton::Batch batch = data->fetch({second}).as<baton::Batch>();
  EXPECT_EQ(batch.inputs.sizes(), (std::vector<std::int64_t>{1, 1, 28, 28}));
  EXPECT_NEAR(batch.inputs[0][0][5][5].item<float>(), (1 - 0.2860) / 0.3530, 1e-5);
  EXPECT_EQ(batch.labels[0].item<std::int64_t>(), 4);
}

TEST_F(FashionMnistData, NamesTheFileThatDoesNotFit) {
  EXPECT_THAT(error(), HasSubstr("t10k-images-idx3-ubyte: there is no such file"));
  put_images(2, 27);
  put_labels("\1\2");
  EXPECT_THAT(error(), HasSubstr("t10k-images-idx3-ubyte: its images are not 28 x 28"));
  put_images(3);
  EXPECT_THAT(error(), HasSubstr("t10k-labels-idx1-ubyte: has 2 labels, expected 3"));
  put_images(2);
  put_labels("\1\12");
  EXPECT_THAT(error(), HasSubstr("t10k-labels-idx1-ubyte: holds the label 10"));
}

}  // namespace
}  // namespace fashion_mnist
