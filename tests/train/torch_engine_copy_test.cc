// The engine with batches that are copied ahead, on streams that record.
#include <gmock/gmock.h>

#include <array>

#include "baton/core/errors.h"
#include "baton/train/map_dataset.h"
#include "baton/train/seed.h"
#include "tests/train/counting_stream.h"
#include "tests/train/recording_streams.h"
#include "tests/train/torch_engine_fixture.h"

namespace baton::train {
namespace {

using testing::ElementsAre;

/// Remembers what it is given.
struct Watching : torch::nn::Module {
  at::Tensor training_step(const Batch& batch) {
    seen.push_back(batch.inputs.sum().item<std::int64_t>());
    return (weight * batch.inputs.to(at::kFloat)).mean();
  }
  at::Tensor weight = register_parameter("weight", torch::ones(1));
  std::vector<std::int64_t> seen;
};

class CopyingEngineTest : public testing::Test {
 protected:
  TorchEngine& make(DataSource source, const RecordingStreams* streams, TrainingArguments args = sequential(1)) {
    engine_ = std::make_unique<TorchEngine>(
        resolve(args),
        TorchEngineParts{.model = Model(net_).module(), .train_dataset = std::move(source), .streams = streams});
    engine_->prepare(1);
    return *engine_;
  }
  /// The rest of the epoch, in windows.
  void run(int window) {
    for (int count = engine_->fetch_window(window); count > 0; count = engine_->fetch_window(window)) {
      for (int i = 0; i < count; ++i) engine_->micro_step({.index = i});
    }
  }
  static DataSource numbers(std::int64_t count) {
    return std::make_shared<TensorDataset>(torch::arange(count), at::Tensor());
  }

  RecordingStreams streams_;
  const std::array<const RecordingStreams*, 2> without_and_with_{nullptr, &streams_};
  std::shared_ptr<Watching> net_ = std::make_shared<Watching>();
  std::unique_ptr<TorchEngine> engine_;
};

TEST_F(CopyingEngineTest, ChangesNeitherBatchesNorDraws) {
  TrainingArguments args = sequential(2);
  args.train_sampling_strategy = SamplingStrategy::kRandom;
  std::vector<std::vector<std::int64_t>> seen;
  std::vector<std::int64_t> draws;
  for (const RecordingStreams* streams : without_and_with_) {
    set_seed(7);
    make(numbers(9), streams, args);
    for (const std::int64_t epoch : {0, 1}) {
      engine_->begin_epoch(epoch, epoch);
      run(2);
    }
    seen.push_back(std::exchange(net_->seen, {}));
    draws.push_back(torch::randint(1 << 20, {1}).item<std::int64_t>());
  }
  EXPECT_EQ(seen[0].size(), 9U);  // batches: 5 and 4
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_EQ(draws[0], draws[1]);
  EXPECT_FALSE(streams_.take().empty()) << "the second run did copy ahead";
}

TEST_F(CopyingEngineTest, NeverReadsAheadOfTheEpoch) {
  std::vector<std::int64_t> fetched;
  const auto sample = [&](std::int64_t index) {
    fetched.push_back(index);
    return Sample{torch::tensor(index), {}};
  };
  make(map_dataset(3, sample), &streams_).begin_epoch(0, 0);
  run(2);
  EXPECT_THAT(fetched, ElementsAre(0, 1, 2));
}

TEST_F(CopyingEngineTest, DropsWhatAnEpochLeftEarlyHadAhead) {
  make(numbers(4), &streams_).begin_epoch(0, 0);
  engine_->fetch_window(1);
  engine_->begin_epoch(1, 2);
  run(1);
  EXPECT_THAT(net_->seen, ElementsAre(2, 3));
}

TEST_F(CopyingEngineTest, RestartsWithOtherBatches) {
  make(numbers(4), &streams_).begin_epoch(0, 0);
  engine_->fetch_window(1);
  engine_->restart(2);
  engine_->begin_epoch(0, 0);
  run(1);
  EXPECT_THAT(net_->seen, ElementsAre(0 + 1, 2 + 3));
}

TEST_F(CopyingEngineTest, ReadsAStreamAheadOnlyIfItCanBeReadAgain) {
  const auto asked_for_one = [&](auto make_stream) {
    int asked = 0;
    make(make_stream(
             [&asked, numbers = counting(9)](std::int64_t samples) mutable { return ++asked, numbers(samples); }),
         &streams_);
    engine_->begin_epoch(0, 0);
    engine_->fetch_window(1);
    return asked;
  };
  EXPECT_EQ(asked_for_one([](NextBatch next) { return std::make_shared<OneShotStream>(std::move(next)); }), 1);
  EXPECT_EQ(asked_for_one([](NextBatch next) {
              return std::make_shared<RestartableStream>([next = std::move(next)](const StreamPass&) { return next; });
            }),
            2);
}

/// Does not fit on the device.
struct TooLarge {
  std::int64_t size() const { return 1; }
  TooLarge to(at::Device /*device*/) const { TORCH_CHECK_WITH(OutOfMemoryError, false, "CUDA out of memory."); }
};

TEST_F(CopyingEngineTest, SaysThatMemoryRanOutWithAndWithoutCopyingAhead) {
  for (const RecordingStreams* streams : without_and_with_) {
    make(map_dataset(1, [](const FetchRequest&) { return TooLarge(); }), streams).begin_epoch(0, 0);
    EXPECT_THROW(engine_->fetch_window(1), OutOfMemoryError);
  }
}

TEST_F(CopyingEngineTest, NeverMakesTheHostWait) {
  make(numbers(4), &streams_).begin_epoch(0, 0);
  engine_->fetch_window(1);
  engine_->fetch_window(1);
  EXPECT_EQ(engine_->host_syncs(), 0);
}

}  // namespace
}  // namespace baton::train
