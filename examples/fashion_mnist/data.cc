#include "examples/fashion_mnist/data.h"

#include <ATen/ops/from_blob.h>

#include <string>

#include "examples/fashion_mnist/idx.h"

namespace fashion_mnist {
namespace {

constexpr std::int64_t kSide = 28;
constexpr std::int64_t kClasses = 10;
constexpr double kMean = 0.2860 * 255;  // of the training images' pixels
constexpr double kDeviation = 0.3530 * 255;

/// Runs on every batch, so that the images can stay bytes.
baton::Batch normalised(baton::Batch batch) {
  batch.inputs = batch.inputs.to(at::kFloat).sub_(kMean).div_(kDeviation);
  return batch;
}

at::Tensor tensor_of(Idx& idx) {
  return at::from_blob(idx.elements.data(), idx.shape, at::TensorOptions(at::kByte)).clone();
}

}  // namespace

std::shared_ptr<baton::TensorDataset> load(const std::filesystem::path& folder, Split split) {
  const std::string stem = split == Split::kTrain ? "train" : "t10k";
  const std::filesystem::path image_file = folder / (stem + "-images-idx3-ubyte");
  const std::filesystem::path label_file = folder / (stem + "-labels-idx1-ubyte");
  Idx images = read_idx(image_file, 3);
  Idx labels = read_idx(label_file, 1);
  if (images.shape[1] != kSide || images.shape[2] != kSide)
    throw DataError(image_file.string() + ": its images are not 28 x 28");
  if (labels.shape[0] != images.shape[0]) {
    throw DataError(label_file.string() + ": has " + std::to_string(labels.shape[0]) + " labels, expected " +
                    std::to_string(images.shape[0]) + ", one for each image");
  }
  for (const std::uint8_t label : labels.elements) {
    if (label >= kClasses)
      throw DataError(label_file.string() + ": holds the label " + std::to_string(label) + ", expected 0 to 9");
  }
  return std::make_shared<baton::TensorDataset>(tensor_of(images).unsqueeze(1), tensor_of(labels).to(at::kLong),
                                                normalised);
}

}  // namespace fashion_mnist
