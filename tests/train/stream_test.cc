#include "baton/train/stream.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <stdexcept>

#include "baton/core/errors.h"
#include "tests/train/counting_stream.h"

namespace baton {
namespace {

TEST(RestartableStream, OpensEachPassAnew) {
  std::vector<std::int64_t> opened;
  RestartableStream stream([&](const StreamPass& pass) {
    opened.push_back(pass.seed * 100 + pass.epoch);
    return counting(3);
  });
  for (const std::int64_t epoch : {0, 4}) {
    stream.begin({7, epoch});
    EXPECT_EQ(stream.next(2)->size(), 2);
    EXPECT_EQ(stream.next(2)->size(), 1);
    EXPECT_FALSE(stream.next(2).has_value());
  }
  EXPECT_EQ(opened, (std::vector<std::int64_t>{700, 704}));
}

TEST(OneShotStream, GoesOnWhereThePassBeforeEnded) {
  OneShotStream stream(counting(3));
  stream.begin({0, 0});
  EXPECT_EQ(stream.next(1)->inputs()[0].item<int>(), 0);
  stream.begin({0, 1});
  EXPECT_EQ(stream.next(1)->inputs()[0].item<int>(), 1);
}

TEST(OneShotStream, IsNotAskedAgainAfterItsEnd) {
  int asked = 0;
  OneShotStream stream([&](std::int64_t) -> std::optional<AnyBatch> {
    ++asked;
    return std::nullopt;
  });
  for (int i = 0; i < 3; ++i) {
    stream.begin({0, i});
    EXPECT_FALSE(stream.next(1).has_value());
  }
  EXPECT_EQ(asked, 1);
}

TEST(Streams, RefuseNoFunction) {
  EXPECT_THROW(RestartableStream(nullptr), ConfigError);
  EXPECT_THROW(OneShotStream(nullptr), ConfigError);
}

/// Samples 0, 1, ... as far as `count`.
auto counting_samples(std::int64_t count) {
  return [count, next = std::int64_t{0}]() mutable -> std::optional<at::Tensor> {
    if (next == count) return std::nullopt;
    return torch::tensor(next++);
  };
}

TEST(InBatches, CollatesTheSamplesOfAStream) {
  NextBatch next = in_batches(counting_samples(3));
  EXPECT_TRUE(next(2)->as<at::Tensor>().equal(torch::tensor({0, 1}, at::kLong)));
  EXPECT_TRUE(next(2)->as<at::Tensor>().equal(torch::tensor({2}, at::kLong)));
  EXPECT_FALSE(next(2).has_value());
}

TEST(InBatches, DoesNotAskAgainAfterTheEnd) {
  int asked = 0;
  NextBatch next = in_batches([&asked]() -> std::optional<at::Tensor> {
    if (++asked > 1) return std::nullopt;
    return torch::tensor(0);
  });
  for (int i = 0; i < 4; ++i) next(2);
  EXPECT_EQ(asked, 2);
}

TEST(InBatches, NamesTheSampleThatFails) {
  NextBatch next = in_batches([source = counting_samples(9)]() mutable {
    const auto sample = source();
    if (sample->item<int>() == 3) throw std::runtime_error("line is not UTF-8");
    return sample;
  });
  next(2);
  try {
    next(2);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "Sample 3 failed: line is not UTF-8");
  }
}

}  // namespace
}  // namespace baton
