// Not under sanitizers, whose allocators keep freed memory.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <string>

#include "baton/train/data_loader.h"
#include "src/base/files.h"

namespace baton {
namespace {

std::int64_t resident_pages() {
  const std::string sizes = read_file("/proc/self/statm");  // all, resident, ...
  return std::stoll(sizes.substr(sizes.find(' ')));
}

TEST(DataLoaderWorkers, UseNoMoreMemoryAfterTenThousandBatches) {
  const auto dataset = std::make_shared<TensorDataset>(torch::zeros({640, 1000}), torch::zeros(640));
  DataLoader loader(dataset, {.batch_size = 64, .sampling = SamplingStrategy::kRandom, .workers = 2});
  std::int64_t after_warm_up = 0;
  for (int epoch = 0; epoch < 1000; ++epoch) {  // of ten batches of 256 kB
    loader.begin_epoch(epoch);
    while (loader.next()) continue;
    if (epoch == 100) after_warm_up = resident_pages();
  }
  EXPECT_LT(resident_pages() - after_warm_up, 2048) << "8 MiB; one batch in 270 kept would be as much";
}

}  // namespace
}  // namespace baton
