#include "baton/core/ledger.h"

#include "baton/core/errors.h"
#include "tests/fakes/manual_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace baton {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

/// One step of forward and backward; what is not timed does not come back to the ledger.
class LedgerTest : public testing::Test {
 protected:
  void spend(Phase phase, int time) {
    clock.advance(seconds(time));
    ledger.lap(phase);
  }
  void step(int forward, int backward) {
    ledger.begin_step();
    spend(Phase::kForward, forward);
    spend(Phase::kBackward, backward);
  }

  fakes::ManualClock clock;
  Ledger ledger{clock, 3};
};

TEST_F(LedgerTest, BooksEachMomentOnce) {
  const std::size_t callback = ledger.add_callback("Callback");
  spend(Phase::kData, 1);
  clock.advance(seconds(2));
  ledger.lap(callback, EventKind::kLog);
  spend(Phase::kSave, 4);
  spend(Phase::kData, 8);
  const TimeReport report = ledger.report();
  EXPECT_DOUBLE_EQ(report.of(Phase::kData), 9.0);
  EXPECT_DOUBLE_EQ(report.of(Phase::kSave), 4.0);
  EXPECT_DOUBLE_EQ(report.of_callbacks(), 2.0);
  EXPECT_DOUBLE_EQ(report.total, 15.0);
}

TEST_F(LedgerTest, KeepsCallbacksAndEventsApart) {
  const std::size_t first = ledger.add_callback("First");
  const std::size_t second = ledger.add_callback("Second");
  for (const auto& [callback, event] :
       {std::pair(second, EventKind::kLog), std::pair(first, EventKind::kClose), std::pair(second, EventKind::kLog)}) {
    clock.advance(seconds(1));
    ledger.lap(callback, event);
  }
  const TimeReport report = ledger.report();
  EXPECT_EQ(report.callbacks[0].name, "First");
  EXPECT_DOUBLE_EQ(report.callbacks[0].by_event[static_cast<std::size_t>(EventKind::kClose)], 1.0);
  EXPECT_DOUBLE_EQ(report.callbacks[0].total(), 1.0);
  EXPECT_DOUBLE_EQ(report.callbacks[1].by_event[static_cast<std::size_t>(EventKind::kLog)], 2.0);
}

TEST_F(LedgerTest, TimesTheFirstStepAndThenEveryNth) {
  std::vector<bool> timed;
  for (int i = 0; i < 8; ++i) {
    ledger.begin_step();
    timed.push_back(ledger.timing());
  }
  EXPECT_THAT(timed, ElementsAre(true, true, false, false, true, false, false, true));
}

TEST_F(LedgerTest, SharesTheTimeOfOtherStepsOutAsInTimedOnes) {
  step(100, 100);  // stands for no other
  step(1, 3);      // stands for the next two
  step(2, 2);
  step(4, 12);
  ledger.end_steps();
  const TimeReport report = ledger.report();
  EXPECT_DOUBLE_EQ(report.of(Phase::kForward), 100.0 + 24.0 / 4.0);
  EXPECT_DOUBLE_EQ(report.of(Phase::kBackward), 100.0 + 24.0 / 4.0 * 3.0);
  EXPECT_DOUBLE_EQ(report.total, 224.0);
}

TEST_F(LedgerTest, TimesInFullWhatIsInNoStep) {
  for (int i = 0; i < 6; ++i) {
    step(1, 1);
    ledger.end_steps();
    spend(Phase::kEvaluate, 10);
  }
  const TimeReport report = ledger.report();
  EXPECT_DOUBLE_EQ(report.of(Phase::kEvaluate), 60.0);
  EXPECT_DOUBLE_EQ(report.of(Phase::kForward), 6.0);
}

TEST_F(LedgerTest, LooksAtTheClockInTimedStepsOnly) {
  step(1, 1);
  step(1, 1);
  ledger.begin_step();
  const int reads = clock.reads;
  spend(Phase::kForward, 1);
  ledger.begin_step();
  spend(Phase::kForward, 1);
  EXPECT_EQ(clock.reads, reads);
}

TEST_F(LedgerTest, CallsTheRestOther) {
  clock.advance(seconds(1));
  step(0, 0);
  clock.advance(seconds(2));
  ledger.end_steps();
  clock.advance(seconds(4));
  EXPECT_DOUBLE_EQ(ledger.report().of(Phase::kOther), 7.0);
}

TEST_F(LedgerTest, ForgetsAtTheBeginningOfARunButKnowsTheCallbacks) {
  ledger.lap(ledger.add_callback("Callback"), EventKind::kInitEnd);
  for (int i = 0; i < 3; ++i) step(1, 1);
  ledger.begin_run();
  step(5, 0);
  const TimeReport report = ledger.report();
  EXPECT_DOUBLE_EQ(report.total, 5.0);
  EXPECT_DOUBLE_EQ(report.of(Phase::kForward), 5.0);
  EXPECT_EQ(report.callbacks.at(0).name, "Callback");
  EXPECT_EQ(report.of_callbacks(), 0.0);
}

TEST_F(LedgerTest, RefusesToTimeEveryZerothStep) {
  EXPECT_THROW(Ledger(clock, 0), ConfigError);
  EXPECT_NO_THROW(Ledger(clock, 1));
}

TEST(PhaseName, DiffersForEachPhase) {
  std::set<std::string_view> names;
  for (std::size_t phase = 0; phase < kPhaseCount; ++phase) names.insert(phase_name(static_cast<Phase>(phase)));
  EXPECT_EQ(names.size(), kPhaseCount);
  EXPECT_EQ(phase_name(Phase::kData), "data");
  EXPECT_EQ(phase_name(Phase::kOther), "other");
}

}  // namespace
}  // namespace baton
