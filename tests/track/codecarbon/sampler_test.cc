#include "src/track/codecarbon/sampler.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>

namespace baton::track::carbon {
namespace {

using namespace std::chrono_literals;

TEST(Sampler, SamplesAgainAndAgain) {
  std::promise<void> third;
  int calls = 0;
  const Sampler sampler(1ns, [&] {
    if (++calls == 3) third.set_value();
  });
  third.get_future().wait();
}

TEST(Sampler, EndsAtOnceWithinItsPeriod) {
  bool was_called = false;
  {
    const Sampler sampler(24h, [&] { was_called = true; });
  }
  EXPECT_FALSE(was_called);
}

TEST(Sampler, AnExceptionEndsItsCallsAndNothingElse) {
  std::promise<void> called;
  int calls = 0;
  {
    const Sampler sampler(1ns, [&] {
      ++calls;
      called.set_value();
      throw std::runtime_error("out of order");
    });
    called.get_future().wait();
  }
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace baton::track::carbon
