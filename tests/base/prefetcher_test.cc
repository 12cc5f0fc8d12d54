#include "src/base/prefetcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>

namespace baton {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kEndless = std::numeric_limits<std::int64_t>::max();

template <class Item>
std::vector<Item> drain(Prefetcher<Item>& prefetcher) {
  std::vector<Item> items;
  while (auto item = prefetcher.next()) items.push_back(std::move(*item));
  return items;
}

std::optional<std::int64_t> square(std::int64_t number) { return number * number; }

/// What the tests of several threads are run with.
class PrefetcherOfThreads : public testing::TestWithParam<int> {
 protected:
  Prefetcher<std::int64_t> prefetcher_{GetParam(), static_cast<std::size_t>(GetParam()) * 2};
};
INSTANTIATE_TEST_SUITE_P(Threads, PrefetcherOfThreads, testing::Values(1, 2, 3, 8));

TEST_P(PrefetcherOfThreads, GivesEveryItemInOrder) {
  prefetcher_.begin(square, 0, 500);
  for (std::int64_t number = 0; number < 500; ++number) EXPECT_EQ(prefetcher_.next(), number * number);
  EXPECT_EQ(prefetcher_.next(), std::nullopt);
  EXPECT_EQ(prefetcher_.next(), std::nullopt);
}

TEST_P(PrefetcherOfThreads, EndsWhereTheItemsEnd) {
  prefetcher_.begin([](std::int64_t number) { return number < 30 ? square(number) : std::nullopt; }, 0, kEndless);
  EXPECT_EQ(drain(prefetcher_).size(), 30U);
  EXPECT_EQ(prefetcher_.next(), std::nullopt);
}

TEST_P(PrefetcherOfThreads, BeginsAnewFromAnywhere) {
  for (int round = 0; round < 50; ++round) {
    prefetcher_.begin([round](std::int64_t number) { return std::optional(number + round); }, round, round + 20);
    for (int i = 0; i < round % 5; ++i) EXPECT_EQ(prefetcher_.next(), 2 * round + i);
  }
  EXPECT_EQ(drain(prefetcher_).size(), 16U);
}

TEST_P(PrefetcherOfThreads, ThrowsWhatMakingAnItemThrewWhenItIsItsTurn) {
  prefetcher_.begin(
      [](std::int64_t number) {
        if (number % 3 == 1) throw std::runtime_error(std::to_string(number));
        return square(number);
      },
      0, 6);
  for (std::int64_t number = 0; number < 6; ++number) {
    try {
      EXPECT_EQ(prefetcher_.next(), number * number);
      EXPECT_NE(number % 3, 1);
    } catch (const std::runtime_error& error) {
      EXPECT_EQ(number % 3, 1);
      EXPECT_EQ(error.what(), std::to_string(number));
    }
  }
  EXPECT_EQ(prefetcher_.next(), std::nullopt);
}

TEST_P(PrefetcherOfThreads, MayBeLeftInTheMiddle) {
  prefetcher_.begin(square, 0, kEndless);
  EXPECT_EQ(prefetcher_.next(), 0);
}

TEST(Prefetcher, GivesNothingBeforeItHasBegun) {
  Prefetcher<int> prefetcher(2, 2);
  EXPECT_EQ(prefetcher.next(), std::nullopt);
}

TEST(Prefetcher, ASlowItemDoesNotChangeTheOrder) {
  std::promise<void> others_made;
  std::atomic<int> made = 0;
  Prefetcher<std::int64_t> prefetcher(2, 4);
  prefetcher.begin(
      [&](std::int64_t number) {
        if (number == 0) others_made.get_future().wait();  // the first item is the last one to be made
        if (++made == 3) others_made.set_value();
        return square(number);
      },
      0, 4);
  EXPECT_THAT(drain(prefetcher), ElementsAre(0, 1, 4, 9));
}

TEST(Prefetcher, MakesNoMoreAheadThanItMay) {
  std::atomic<std::int64_t> highest = -1;
  std::promise<void> filled;
  Prefetcher<std::int64_t> prefetcher(2, 3);
  prefetcher.begin(
      [&](std::int64_t number) {
        std::int64_t before = highest;
        while (before < number && !highest.compare_exchange_weak(before, number)) continue;
        if (number == 2) filled.set_value();
        return square(number);
      },
      0, kEndless);
  filled.get_future().wait();
  for (std::int64_t taken = 0; taken < 200; ++taken) {
    EXPECT_LT(highest, taken + 3) << "item " << highest << " was begun when " << taken << " were taken";
    prefetcher.next();
  }
}

/// Counts the living.
struct Counted {
  explicit Counted(std::atomic<int>& living) : living_(&living) { ++living; }
  ~Counted() { --*living_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  std::atomic<int>* living_;
};

TEST(Prefetcher, LeavesNothingBehind) {
  std::atomic<int> living = 0;
  {
    Prefetcher<std::shared_ptr<Counted>> prefetcher(3, 6);
    const auto make = [&](std::int64_t) { return std::optional(std::make_shared<Counted>(living)); };
    for (int round = 0; round < 20; ++round) {
      prefetcher.begin(make, 0, 100);
      for (int i = 0; i < 10; ++i) {
        EXPECT_NE(prefetcher.next(), std::nullopt);
        EXPECT_LE(living, 6);
      }
    }
  }
  EXPECT_EQ(living, 0);
}

TEST(Prefetcher, RunsAFunctionFirstOnEachThread) {
  std::atomic<int> started = 0;
  const Prefetcher<int> prefetcher(3, 3, [&] { ++started; });
  EXPECT_EQ(started, 3);
}

TEST(Prefetcher, TheWholeRangeOfNumbersCanBeLeftUnmade) {
  Prefetcher<std::int64_t> prefetcher(2, 2);
  prefetcher.begin(square, 5, 5);
  EXPECT_THAT(drain(prefetcher), IsEmpty());
  prefetcher.begin(square, 7, 5);
  EXPECT_THAT(drain(prefetcher), IsEmpty());
}

}  // namespace
}  // namespace baton
