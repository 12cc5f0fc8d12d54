// DataLoader: cuts data into batches, on the calling thread or ahead of it on threads of its own. The batches are the
// same either way. The order of a data set is a function of seed and epoch alone, so resuming needs no stored position;
// of a stream, what came before is read and dropped.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "baton/core/arguments.h"
#include "baton/train/data_source.h"
#include "baton/train/sampling.h"

namespace baton {

template <class Item>
class Prefetcher;

struct DataLoaderOptions {
  std::int64_t batch_size = 8;
  bool drop_last = false;  ///< leave out a short last batch
  /// Of a data set; a stream comes in its own order. kGroupByLength needs Dataset::lengths().
  SamplingStrategy sampling = SamplingStrategy::kSequential;
  std::int64_t batches_per_update = 1;  ///< kGroupByLength puts samples of like length into one update
  std::int64_t seed = 0;                ///< of the order, and of what data draw for each sample
  /// Threads that fetch ahead; 0: the calling thread does. A stream is read by one of them, a one-shot stream by the
  /// calling thread: a resume cannot replay what was read and not used.
  std::int64_t workers = 0;
  std::int64_t prefetch_factor = 2;  ///< batches that each worker may prepare ahead
  bool pin_memory = false;           ///< batches come in page-locked memory, for quick copies to a GPU
};

/// Not thread-safe.
class DataLoader {
 public:
  /// Throws ConfigError if there is no data, a data set is empty, lengths are needed and missing, or an option makes no
  /// sense. Its workers compute with one thread each; the number of threads of other threads stays as it is.
  DataLoader(DataSource source, const DataLoaderOptions& options);
  /// Waits for batches in the making.
  ~DataLoader();
  DataLoader(const DataLoader&) = delete;
  DataLoader& operator=(const DataLoader&) = delete;

  const DataSource& source() const { return source_; }
  std::int64_t batch_size() const { return options_.batch_size; }
  /// Samples of one epoch; absent for a stream.
  std::optional<std::int64_t> samples() const;
  /// Batches of one epoch; absent for a stream.
  std::optional<std::int64_t> batches() const;

  /// Goes to batch number `skip` of an epoch. Batches of a data set before it are not fetched; those of a stream are,
  /// and dropped. What was prepared ahead is dropped too. A loader that was not told begins with epoch 0. Moves the
  /// default generator on by one number, as PyTorch's loader does whenever it is iterated over: what is drawn after
  /// that, dropout above all, is then what Python draws.
  void begin_epoch(std::int64_t epoch, std::int64_t skip = 0);
  /// The next batch, or nothing at the end of the epoch. Throws Error, with the samples and the cause, if they cannot
  /// be fetched; the batch after them can still be asked for.
  std::optional<AnyBatch> next();

 private:
  void begin_pass(std::int64_t epoch, std::int64_t first_batch);
  std::optional<AnyBatch> make(std::int64_t batch);
  AnyBatch fetch(std::int64_t batch) const;
  std::optional<AnyBatch> read();
  at::Tensor order_of_epoch() const;
  std::span<const std::int64_t> samples_of(std::int64_t batch) const;
  std::string describe_samples(std::int64_t batch) const;
  void start_workers();

  DataSource source_;
  DataLoaderOptions options_;
  std::int64_t epoch_ = 0;
  bool has_begun_ = false;
  at::Tensor order_;                                  ///< of the current epoch's samples
  std::int64_t next_batch_ = 0;                       ///< without workers
  std::unique_ptr<Prefetcher<AnyBatch>> prefetcher_;  ///< with workers; last, so that they end before the rest
};

}  // namespace baton
