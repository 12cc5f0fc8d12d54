// DataLoader: cuts a data set into batches, in an order that is a function of the epoch alone. Resuming needs no stored
// position.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "baton/train/dataset.h"

namespace baton {

/// The reference's own shuffled order: torch.randperm(samples) drawn from a CPU generator seeded with seed + epoch.
/// A pure function: the global generators are neither read nor moved.
at::Tensor shuffled_order(std::int64_t samples, std::int64_t seed, std::int64_t epoch);

struct DataLoaderOptions {
  std::int64_t batch_size = 8;
  bool drop_last = false;                    ///< leave out a short last batch
  std::optional<std::int64_t> shuffle_seed;  ///< unset: the samples come in their own order
};

/// Not thread-safe.
class DataLoader {
 public:
  /// Throws ConfigError if there is no data set, it is empty, or the batch size is not positive.
  DataLoader(std::shared_ptr<const Dataset> dataset, const DataLoaderOptions& options);

  const Dataset& dataset() const { return *dataset_; }
  std::int64_t batch_size() const { return options_.batch_size; }
  /// Batches of one epoch.
  std::int64_t batches() const;

  /// Goes to batch number `skip` of an epoch; the batches before it are not fetched. Moves the default generator on by
  /// one number, as PyTorch's loader does whenever it is iterated over: what is drawn after that, dropout above all, is
  /// then what Python draws.
  void begin_epoch(std::int64_t epoch, std::int64_t skip = 0);
  /// The next batch, or nothing at the end of the epoch.
  std::optional<Batch> next();

 private:
  void set_order(std::int64_t epoch);

  std::shared_ptr<const Dataset> dataset_;
  DataLoaderOptions options_;
  at::Tensor order_;  ///< of the current epoch
  std::int64_t next_batch_ = 0;
};

}  // namespace baton
