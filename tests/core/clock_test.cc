#include "baton/core/clock.h"

#include <gtest/gtest.h>

namespace baton {
namespace {

TEST(SteadyClock, NeverGoesBack) {
  SteadyClock clock;
  const std::int64_t first = clock.now_ns();
  EXPECT_GE(clock.now_ns(), first);
}

}  // namespace
}  // namespace baton
