#include "src/track/worker_thread.h"

#include <gmock/gmock.h>

#include <future>
#include <utility>

#include "tests/track/worker_fixture.h"

namespace baton::track {
namespace {

constexpr std::chrono::hours kLong{1};

class WorkerThreadTest : public WorkerTest {
 protected:
  std::unique_ptr<WorkerThread> thread() { return std::make_unique<WorkerThread>(worker(), kLong); }
  static std::chrono::steady_clock::time_point in_an_hour() { return std::chrono::steady_clock::now() + kLong; }
};

TEST(NextMove, AThreadEndsOnlyAfterALookThatBeganWhenNothingMoreWasToCome) {
  for (const Standing nothing_to_do : {Standing::kIdle, Standing::kDone}) {
    EXPECT_EQ(next_move(nothing_to_do, true), NextMove::kEnd);
    EXPECT_EQ(next_move(nothing_to_do, false), NextMove::kWait) << "the end may have been written behind the look";
  }
  EXPECT_EQ(next_move(Standing::kBehind, true), NextMove::kLookAgain);
  EXPECT_EQ(next_move(Standing::kWaiting, true), NextMove::kWait);
  EXPECT_EQ(next_move(Standing::kStopped, false), NextMove::kEnd);
}

/// The end is written, and finish() called, while the worker is in the look that finds nothing more.
TEST_F(WorkerThreadTest, WhatIsWrittenDuringItsLastLookIsDeliveredToo) {
  JournalWriter journal(folder, disk, wall);
  journal.append(EntryKind::kBegin, 0, {});
  journal.append(EntryKind::kLog, 1, {{"loss", 0.5}});
  std::promise<void> looking;
  std::promise<void> written;
  bool is_first = true;
  sink.fault = [&](const std::string& call) {
    if (call == "flush" && std::exchange(is_first, false)) {
      looking.set_value();
      written.get_future().wait();
    }
    return Status{};
  };
  const auto worker = thread();
  looking.get_future().wait();
  journal.append(EntryKind::kLog, 2, {{"loss", 0.25}});
  journal.append(EntryKind::kFinish, 0, {{"status", "failed"}});
  worker->finish();
  written.set_value();
  ASSERT_TRUE(worker->wait_until(in_an_hour()));
  EXPECT_THAT(sink.steps(), testing::ElementsAre(1, 2));
  EXPECT_EQ(sink.ended, RunStatus::kFailed);
}

TEST_F(WorkerThreadTest, ItWaitsNoLongerThanItIsToldAndLeavesAtOnce) {
  JournalWriter journal(folder, disk, wall);
  journal.append(EntryKind::kBegin, 0, {});
  sink.fault = [](const std::string&) { return Status::temporary("down", kLong); };
  const auto worker = thread();
  worker->finish();
  EXPECT_FALSE(worker->wait_until(std::chrono::steady_clock::now()));
}

}  // namespace
}  // namespace baton::track
