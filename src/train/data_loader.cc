#include "baton/train/data_loader.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "baton/core/errors.h"
#include "baton/core/step_plan.h"
#include "src/base/prefetcher.h"
#include "src/train/one_thread.h"
#include "src/train/torch_errors.h"

namespace baton {
namespace {

constexpr std::int64_t kEndless = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kSamplesNamed = 3;  // of a batch that cannot be fetched

void check_at_least(std::int64_t least, std::int64_t value, const char* what) {
  if (value >= least) return;
  throw ConfigError(std::string("DataLoader: ") + what + " is " + std::to_string(value) + ", expected at least " +
                    std::to_string(least));
}

void check_lengths(const Dataset& dataset) {
  const std::size_t lengths = dataset.lengths().size();
  if (static_cast<std::int64_t>(lengths) == dataset.size()) return;
  throw ConfigError("train_sampling_strategy=group_by_length: the data set of " + std::to_string(dataset.size()) +
                    " samples gives " + std::to_string(lengths) +
                    " lengths, expected one for each sample; baton::with_lengths adds them");
}

}  // namespace

DataLoader::DataLoader(DataSource source, const DataLoaderOptions& options)
    : source_(std::move(source)), options_(options) {
  if (!source_) throw ConfigError("DataLoader: there is no data");
  if (samples() && *samples() <= 0) throw ConfigError("The data set is empty, expected at least one sample");
  check_at_least(1, options_.batch_size, "the batch size");
  check_at_least(1, options_.batches_per_update, "the number of batches of an update");
  check_at_least(0, options_.workers, "the number of workers");
  check_at_least(1, options_.prefetch_factor, "the prefetch factor");
  if (source_.stream()) {
    options_.workers = std::min<std::int64_t>(options_.workers, source_.stream()->restarts() ? 1 : 0);
  } else if (options_.sampling == SamplingStrategy::kGroupByLength) {
    check_lengths(*source_.dataset());
  }
  if (options_.workers > 0) start_workers();
}

DataLoader::~DataLoader() = default;

void DataLoader::start_workers() {
  const train::ThreadsUnchanged unchanged;
  prefetcher_ = std::make_unique<Prefetcher<AnyBatch>>(
      static_cast<int>(options_.workers), static_cast<std::size_t>(options_.workers * options_.prefetch_factor),
      train::compute_with_one_thread);
}

std::optional<std::int64_t> DataLoader::samples() const {
  if (source_.stream()) return std::nullopt;
  return source_.dataset()->size();
}

std::optional<std::int64_t> DataLoader::batches() const {
  if (source_.stream()) return std::nullopt;
  return batch_count(*samples(), options_.batch_size, options_.drop_last);
}

at::Tensor DataLoader::order_of_epoch() const {
  switch (options_.sampling) {
    case SamplingStrategy::kRandom:
      return shuffled_order(*samples(), options_.seed, epoch_);
    case SamplingStrategy::kGroupByLength:
      return length_grouped_order(source_.dataset()->lengths(), options_.batch_size * options_.batches_per_update,
                                  options_.seed, epoch_);
    case SamplingStrategy::kSequential:
      break;
  }
  return order_.defined() ? order_ : at::arange(*samples(), at::TensorOptions(at::kLong));
}

void DataLoader::begin_epoch(std::int64_t epoch, std::int64_t skip) {
  at::empty({}, at::TensorOptions(at::kLong)).random_();  // PyTorch's seed for its workers, drawn even without any
  const bool is_stream = source_.stream() != nullptr;
  has_begun_ = true;
  begin_pass(epoch, is_stream ? 0 : skip);
  for (std::int64_t i = 0; is_stream && i < skip && next(); ++i) continue;
}

void DataLoader::begin_pass(std::int64_t epoch, std::int64_t first_batch) {
  if (prefetcher_) prefetcher_->stop();
  epoch_ = epoch;
  next_batch_ = first_batch;
  if (source_.stream()) {
    source_.stream()->begin({options_.seed, epoch});
  } else {
    order_ = order_of_epoch();
  }
  if (prefetcher_) {
    prefetcher_->begin([this](std::int64_t batch) { return make(batch); }, first_batch, batches().value_or(kEndless));
  }
}

std::optional<AnyBatch> DataLoader::next() {
  if (!has_begun_) begin_epoch(0);
  if (prefetcher_) return prefetcher_->next();
  if (next_batch_ >= batches().value_or(kEndless)) return std::nullopt;
  return make(next_batch_++);
}

/// Called by the workers, several at once unless it is a stream.
std::optional<AnyBatch> DataLoader::make(std::int64_t batch) {
  const at::NoGradGuard no_grad;
  try {
    std::optional<AnyBatch> made = source_.stream() ? read() : fetch(batch);
    if (made && options_.pin_memory) made->pin_memory();
    return made;
  } catch (...) {
    train::throw_with_cause(source_.stream() ? "Reading batch " + std::to_string(batch) + " of the stream"
                                             : "Fetching " + describe_samples(batch));
  }
}

AnyBatch DataLoader::fetch(std::int64_t batch) const {
  return source_.dataset()->fetch({samples_of(batch), options_.seed, epoch_});
}

std::optional<AnyBatch> DataLoader::read() {
  std::optional<AnyBatch> batch = source_.stream()->next(options_.batch_size);
  if (batch && options_.drop_last && batch->size() < options_.batch_size) return std::nullopt;
  return batch;
}

std::span<const std::int64_t> DataLoader::samples_of(std::int64_t batch) const {
  const std::int64_t first = batch * options_.batch_size;
  const std::int64_t count = std::min(options_.batch_size, order_.numel() - first);
  return {order_.const_data_ptr<std::int64_t>() + first, static_cast<std::size_t>(count)};
}

/// "samples 17, 3, 8 and 61 more of epoch 2 (batch 5)".
std::string DataLoader::describe_samples(std::int64_t batch) const {
  const std::span<const std::int64_t> indices = samples_of(batch);
  const std::size_t named = std::min(indices.size(), kSamplesNamed);
  std::string text = "samples ";
  for (std::size_t i = 0; i < named; ++i) text += (i == 0 ? "" : ", ") + std::to_string(indices[i]);
  if (named < indices.size()) text += " and " + std::to_string(indices.size() - named) + " more";
  return text + " of epoch " + std::to_string(epoch_) + " (batch " + std::to_string(batch) + ")";
}

}  // namespace baton
