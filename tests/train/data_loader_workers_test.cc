// The loader with threads of its own.
#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <thread>

#include "baton/core/errors.h"
#include "baton/train/data_loader.h"
#include "baton/train/map_dataset.h"
#include "tests/train/counting_stream.h"

namespace baton {
namespace {

using testing::HasSubstr;

constexpr int kMostWorkers = 8;

std::shared_ptr<const Dataset> indices(std::int64_t samples) {
  return map_dataset(samples, [](std::int64_t index) { return torch::tensor(index); });
}

/// Samples with noise of their own.
std::shared_ptr<const Dataset> noisy(std::int64_t samples) {
  const auto sample = [](std::int64_t index, SampleRandom& random) {
    return torch::tensor({static_cast<double>(index), random.normal()}, at::kDouble);
  };
  std::vector<std::int64_t> lengths;
  for (std::int64_t i = 0; i < samples; ++i) lengths.push_back(i * 7 % 11);
  return with_lengths(map_dataset(samples, sample), lengths);
}

/// Everything that is left of the epoch, in one tensor.
at::Tensor rest(DataLoader& loader) {
  std::vector<at::Tensor> batches;
  while (const auto batch = loader.next()) batches.push_back(batch->as<at::Tensor>());
  return at::cat(batches);
}

class Sampling : public testing::TestWithParam<SamplingStrategy> {};
INSTANTIATE_TEST_SUITE_P(All, Sampling,
                         testing::Values(SamplingStrategy::kRandom, SamplingStrategy::kSequential,
                                         SamplingStrategy::kGroupByLength));

TEST_P(Sampling, WorkersNeverChangeTheBatches) {
  const auto batches = [](std::int64_t workers, std::int64_t epoch, std::int64_t skip) {
    DataLoader loader(
        noisy(103), {.batch_size = 4, .sampling = GetParam(), .batches_per_update = 2, .seed = 42, .workers = workers});
    loader.begin_epoch(0);
    loader.next();  // leaves an epoch in its middle
    loader.begin_epoch(epoch, skip);
    return rest(loader);
  };
  for (const std::int64_t epoch : {0, 1, 2}) {
    const at::Tensor expected = batches(0, epoch, 0);
    EXPECT_EQ(expected.size(0), 103);
    for (int workers = 1; workers <= kMostWorkers; ++workers) {
      EXPECT_TRUE(batches(workers, epoch, 0).equal(expected)) << workers << " workers, epoch " << epoch;
      EXPECT_TRUE(batches(workers, epoch, 3).equal(expected.slice(0, 12))) << workers << " workers, epoch " << epoch;
    }
  }
}

TEST(DataLoaderWorkers, DropAShortLastBatchWhenAsked) {
  DataLoader loader(indices(11), {.batch_size = 4, .drop_last = true, .workers = 3});
  EXPECT_TRUE(rest(loader).equal(torch::arange(8)));
}

TEST(DataLoaderWorkers, ASlowOneDoesNotReorder) {
  std::latch others_done(3);
  const auto dataset = map_dataset(8, [&](const FetchRequest& request) {
    if (request.indices.front() == 0) {
      others_done.wait();  // the first batch is the last one to be ready
    } else {
      others_done.count_down();
    }
    return torch::tensor(std::vector<std::int64_t>(request.indices.begin(), request.indices.end()));
  });
  DataLoader loader(dataset, {.batch_size = 2, .workers = 2});
  EXPECT_TRUE(rest(loader).equal(torch::arange(8)));
}

TEST(DataLoaderWorkers, NameTheSampleThatFailsAndGoOn) {
  const auto dataset = map_dataset(6, [](std::int64_t index) {
    if (index == 3) throw std::runtime_error("picture is torn");
    return torch::tensor(index);
  });
  for (const std::int64_t workers : {0, 1, 2, 8}) {
    DataLoader loader(dataset, {.batch_size = 2, .workers = workers});
    loader.next();
    try {
      loader.next();
      FAIL();
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "Fetching samples 2, 3 of epoch 0 (batch 1) failed: Sample 3 failed: picture is torn");
    }
    EXPECT_TRUE(rest(loader).equal(torch::tensor({4, 5}, at::kLong)));
  }
}

TEST(DataLoaderWorkers, SayThatMemoryRanOut) {
  const auto dataset = map_dataset(1, [](std::int64_t) -> at::Tensor { TORCH_CHECK(false, "CUDA out of memory."); });
  DataLoader loader(dataset, {.workers = 1});
  EXPECT_THROW(loader.next(), OutOfMemoryError);
}

TEST(DataLoaderWorkers, ComputeWithOneThreadAndLeaveOthersTheirs) {
  const int before = at::get_num_threads();
  const auto of_a_new_thread = [] { return std::async(std::launch::async, at::get_num_threads).get(); };
  const int before_in_others = of_a_new_thread();
  const auto dataset = map_dataset(8, [](std::int64_t) { return torch::tensor(at::get_num_threads()); });
  DataLoader loader(dataset, {.batch_size = 1, .workers = 3});
  EXPECT_TRUE(rest(loader).eq(1).all().item<bool>());
  EXPECT_EQ(at::get_num_threads(), before);
  EXPECT_EQ(of_a_new_thread(), before_in_others);
}

TEST(DataLoaderWorkers, FetchWithoutGradients) {
  const at::Tensor weight = torch::ones({1}, at::requires_grad());
  DataLoader loader(map_dataset(2, [&](std::int64_t) { return weight * 2; }), {.workers = 1});
  EXPECT_FALSE(rest(loader).requires_grad());
}

TEST(DataLoaderWorkers, LeaveTheDefaultGeneratorToTheTraining) {
  const auto drawn = [](std::int64_t workers) {
    DataLoader loader(noisy(20), {.batch_size = 2, .sampling = SamplingStrategy::kRandom, .workers = workers});
    torch::manual_seed(1);
    loader.begin_epoch(0);
    rest(loader);
    return torch::rand(1).item<double>();
  };
  EXPECT_EQ(drawn(0), drawn(4));
}

/// A batch that counts how many of it there are.
struct Counted {
  explicit Counted(std::atomic<int>& counter) : living(std::make_shared<Living>(counter)) {}
  std::int64_t size() const { return 1; }
  Counted to(at::Device) const { return *this; }

  struct Living {
    explicit Living(std::atomic<int>& all) : counter(all) { ++counter; }
    ~Living() { --counter; }
    Living(const Living&) = delete;
    std::atomic<int>& counter;
  };
  std::shared_ptr<Living> living;
};

TEST(DataLoaderWorkers, KeepNoMoreBatchesThanTheyMayPrepare) {
  std::atomic<int> living = 0;
  {
    const auto dataset = map_dataset(10000, [&](const FetchRequest&) { return Counted(living); });
    DataLoader loader(dataset, {.batch_size = 1, .workers = 3, .prefetch_factor = 2});
    int most = 0;
    int batches = 0;
    while (const auto batch = loader.next()) {
      most = std::max(most, living.load());
      ++batches;
    }
    EXPECT_EQ(batches, 10000);
    EXPECT_LE(most, 3 * 2 + 1) << "and the one in use";
  }
  EXPECT_EQ(living, 0);
}

TEST(DataLoaderWorkers, MayBeLeftInTheMiddle) {
  DataLoader loader(indices(1000), {.batch_size = 2, .workers = 4});
  EXPECT_TRUE(loader.next().has_value());
}

// --- streams ---

TEST(DataLoaderWorkers, ReadAStreamAheadWithOneThread) {
  std::atomic<int> reading = 0;
  const auto stream = std::make_shared<RestartableStream>([&](const StreamPass&) -> NextBatch {
    return [&, numbers = counting(50)](std::int64_t samples) mutable {
      EXPECT_EQ(++reading, 1);
      auto batch = numbers(samples);
      --reading;
      return batch;
    };
  });
  DataLoader loader(stream, {.batch_size = 2, .workers = 8});
  for (const std::int64_t epoch : {0, 1}) {
    loader.begin_epoch(epoch, 2);
    for (std::int64_t first = 4; first < 50; first += 2) {
      EXPECT_TRUE(loader.next()->inputs().equal(torch::arange(first, first + 2)));
    }
    EXPECT_FALSE(loader.next().has_value());
  }
}

TEST(DataLoaderWorkers, NeverReadAheadWhatCannotBeReadAgain) {
  int read = 0;
  const auto stream = std::make_shared<OneShotStream>([&](std::int64_t samples) -> std::optional<AnyBatch> {
    ++read;
    return torch::zeros({samples});
  });
  DataLoader loader(stream, {.batch_size = 2, .workers = 4});
  for (int taken = 1; taken <= 3; ++taken) {
    loader.next();
    EXPECT_EQ(read, taken);
  }
}

TEST(DataLoaderWorkers, SayWhichBatchOfAStreamFails) {
  const auto stream = std::make_shared<RestartableStream>([](const StreamPass&) -> NextBatch {
    return [numbers = counting(9)](std::int64_t samples) mutable {
      auto batch = numbers(samples);
      if (batch->inputs()[0].item<int>() == 4) throw std::runtime_error("line is not UTF-8");
      return batch;
    };
  });
  for (const std::int64_t workers : {0, 1}) {
    DataLoader loader(stream, {.batch_size = 2, .workers = workers});
    loader.next();
    loader.next();
    try {
      loader.next();
      FAIL();
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "Reading batch 2 of the stream failed: line is not UTF-8");
    }
  }
}

}  // namespace
}  // namespace baton
