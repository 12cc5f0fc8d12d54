// Fashion-MNIST as a data set: 60,000 training and 10,000 test images of 28 x 28 grey pixels, ten classes.
#pragma once

#include <filesystem>
#include <memory>

#include "baton/train/dataset.h"

namespace fashion_mnist {

enum class Split { kTrain, kTest };

/// Images come as normalised floats [n, 1, 28, 28], labels as [n]. Throws DataError naming the file that is absent or
/// unusable.
std::shared_ptr<baton::TensorDataset> load(const std::filesystem::path& folder, Split split);

}  // namespace fashion_mnist
