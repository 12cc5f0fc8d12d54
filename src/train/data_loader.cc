#include "baton/train/data_loader.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randperm.h>

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "baton/core/errors.h"
#include "baton/core/step_plan.h"
#include "src/train/torch_errors.h"

namespace baton {

at::Tensor shuffled_order(std::int64_t samples, std::int64_t seed, std::int64_t epoch) {
  const auto generator =
      at::detail::createCPUGenerator(static_cast<std::uint64_t>(seed) + static_cast<std::uint64_t>(epoch));
  return at::randperm(samples, generator, at::TensorOptions(at::kLong));
}

DataLoader::DataLoader(std::shared_ptr<const Dataset> dataset, const DataLoaderOptions& options)
    : dataset_(std::move(dataset)), options_(options) {
  if (!dataset_) throw ConfigError("DataLoader: there is no data set");
  if (dataset_->size() <= 0) throw ConfigError("The data set is empty, expected at least one sample");
  if (options_.batch_size <= 0) {
    throw ConfigError("The batch size is " + std::to_string(options_.batch_size) + ", expected at least 1");
  }
  set_order(0);
}

std::int64_t DataLoader::batches() const {
  return batch_count(dataset_->size(), options_.batch_size, options_.drop_last);
}

void DataLoader::begin_epoch(std::int64_t epoch, std::int64_t skip) {
  at::empty({}, at::TensorOptions(at::kLong)).random_();  // PyTorch's seed for its workers, drawn even without any
  set_order(epoch);
  next_batch_ = skip;
}

void DataLoader::set_order(std::int64_t epoch) {
  if (options_.shuffle_seed) {
    order_ = shuffled_order(dataset_->size(), *options_.shuffle_seed, epoch);
  } else if (!order_.defined()) {
    order_ = at::arange(dataset_->size(), at::TensorOptions(at::kLong));
  }
}

std::optional<Batch> DataLoader::next() {
  if (next_batch_ >= batches()) return std::nullopt;
  const std::int64_t first = next_batch_++ * options_.batch_size;
  const std::int64_t count = std::min(options_.batch_size, dataset_->size() - first);
  const at::NoGradGuard no_grad;
  Batch batch;
  train::with_clear_errors("Fetching a batch", nullptr, [&] {
    batch = dataset_->fetch({order_.const_data_ptr<std::int64_t>() + first, static_cast<std::size_t>(count)});
  });
  return batch;
}

}  // namespace baton
