#include "baton/core/ledger.h"

#include "baton/core/errors.h"
#include "tests/fakes/manual_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace baton {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

class LedgerTest : public testing::Test {
 protected:
  fakes::ManualClock clock;
};

TEST_F(LedgerTest, HasNothingForACallbackThatWasNeverCalled) {
  Ledger ledger(clock);
  ledger.count(1, EventKind::kLog);
  for (const std::size_t callback : {std::size_t{0}, std::size_t{7}}) {
    EXPECT_EQ(ledger.at(callback, EventKind::kLog).calls, 0);
    EXPECT_EQ(ledger.at(callback, EventKind::kLog).estimated_ns(), 0.0);
  }
}

TEST_F(LedgerTest, KeepsCallbacksAndEventsApart) {
  Ledger ledger(clock);
  ledger.count(2, EventKind::kLog);
  ledger.count(0, EventKind::kClose);
  ledger.count(0, EventKind::kClose);
  EXPECT_EQ(ledger.at(2, EventKind::kLog).calls, 1);
  EXPECT_EQ(ledger.at(0, EventKind::kClose).calls, 2);
  EXPECT_EQ(ledger.at(1, EventKind::kInitEnd).calls, 0);
}

TEST_F(LedgerTest, ExtrapolatesTheTimedCallsToAllCalls) {
  Ledger ledger(clock);
  for (int call = 0; call < 10; ++call) ledger.count(0, EventKind::kStepEnd);
  ledger.add(0, EventKind::kStepEnd, 100);
  ledger.add(0, EventKind::kStepEnd, 300);
  EXPECT_EQ(ledger.at(0, EventKind::kStepEnd).timed_calls, 2);
  EXPECT_EQ(ledger.at(0, EventKind::kStepEnd).ns, 400);
  EXPECT_EQ(ledger.at(0, EventKind::kStepEnd).estimated_ns(), 2000.0);
}

TEST_F(LedgerTest, TimesTheFirstStepAndThenEveryNth) {
  Ledger ledger(clock, 3);
  std::vector<bool> timed;
  for (int step = 0; step < 7; ++step) {
    ledger.begin_step();
    timed.push_back(ledger.times(EventKind::kStepBegin));
  }
  EXPECT_THAT(timed, ElementsAre(true, false, false, true, false, false, true));
}

TEST_F(LedgerTest, AlwaysTimesWhatIsNoPartOfAStep) {
  Ledger ledger(clock, 2);
  ledger.begin_step();
  ledger.begin_step();
  for (std::size_t i = 0; i < kEventKindCount; ++i) {
    const auto kind = static_cast<EventKind>(i);
    const std::set<EventKind> of_a_step = {EventKind::kStepBegin, EventKind::kSubstepEnd, EventKind::kPreOptimizerStep,
                                           EventKind::kOptimizerStep, EventKind::kStepEnd};
    EXPECT_EQ(ledger.times(kind), of_a_step.count(kind) == 0) << event_name(kind);
  }
}

TEST_F(LedgerTest, RefusesToTimeEveryZerothStep) {
  EXPECT_THROW(Ledger(clock, 0), ConfigError);
  EXPECT_NO_THROW(Ledger(clock, 1));
}

TEST(EventName, IsAMethodNameAndDiffersForEachKind) {
  std::set<std::string_view> names;
  for (std::size_t kind = 0; kind < kEventKindCount; ++kind) {
    EXPECT_THAT(std::string(event_name(static_cast<EventKind>(kind))), StartsWith("on_"));
    names.insert(event_name(static_cast<EventKind>(kind)));
  }
  EXPECT_EQ(names.size(), kEventKindCount);
  EXPECT_EQ(event_name(EventKind::kInitEnd), "on_init_end");
  EXPECT_EQ(event_name(EventKind::kClose), "on_close");
}

TEST(SteadyClock, NeverGoesBack) {
  SteadyClock clock;
  const std::int64_t first = clock.now_ns();
  EXPECT_GE(clock.now_ns(), first);
}

}  // namespace
}  // namespace baton
