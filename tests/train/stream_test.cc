#include "baton/train/stream.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

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

}  // namespace
}  // namespace baton
