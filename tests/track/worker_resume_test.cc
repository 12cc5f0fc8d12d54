// What a sink gets of runs that died and went on.
#include "src/track/worker.h"

#include <gmock/gmock.h>

#include "src/track/journal/reader.h"
#include "src/track/journal/segments.h"
#include "tests/track/worker_fixture.h"

namespace baton::track {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Where the record of that step begins in the first segment.
std::uint64_t offset_of_step(const std::filesystem::path& folder, std::int64_t step) {
  JournalReader reader(folder);
  std::uint64_t offset = 0;
  while (reader.next()->step != step) offset = reader.position().second;
  return offset;
}

TEST_F(WorkerTest, AfterAPowerFailureThatTookTheJournalsEndNothingNewIsMissing) {
  const std::vector<std::int64_t> written_anew{1, 2, 3, 5}, shown_twice{1, 2, 3, 4, 5, 6, 3, 5};
  sink.tells_position = true;
  for (const auto& [means, steps] :
       {std::pair(RewindMeans::kRebuild, written_anew), std::pair(RewindMeans::kAppendOnly, shown_twice)}) {
    sink.means = means;
    log({1, 2, 3, 4, 5, 6});
    deliver();
    const std::filesystem::path segment = journal::segment_path(folder, 1);
    std::filesystem::resize_file(segment, offset_of_step(folder, 3));
    log({2, 3, 5}, RunStatus::kFinished, 1);
    EXPECT_EQ(deliver(), Standing::kDone);
    EXPECT_EQ(sink.steps(), steps);
    EXPECT_EQ(sink.ended, RunStatus::kFinished);
    EXPECT_THAT(remarks.all["journal_lost_end:fake"], HasSubstr("lost its last 4 records"));
    std::filesystem::remove_all(folder);
    sink.entries.clear();
  }
}

TEST_F(WorkerTest, WhatAResumeMadeUndoneIsNeverSentIfItWasNotYet) {
  log({1, 2, 3, 4, 5, 6});
  log({3, 4, 5}, RunStatus::kFinished, 2);
  for (const RewindMeans means : {RewindMeans::kRebuild, RewindMeans::kAppendOnly}) {
    sink = {};
    sink.means = means;
    std::filesystem::remove_all(folder / "trackers");
    EXPECT_EQ(deliver(), Standing::kDone);
    EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 3, 4, 5));
    EXPECT_EQ(sink.resets, 0);
  }
}

TEST_F(WorkerTest, ASinkThatCanBeRewoundIsBuiltAgain) {
  sink.means = RewindMeans::kRebuild;
  log({1, 2, 3, 4, 5, 6});
  EXPECT_EQ(deliver(), Standing::kIdle);
  log({3, 4, 5}, std::nullopt, 2, 0.25);
  EXPECT_EQ(deliver(), Standing::kIdle);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(sink.entries[2].values.number("loss"), 0.25);
  EXPECT_EQ(deliver(), Standing::kIdle);
  EXPECT_EQ(sink.resets, 1);
}

TEST_F(WorkerTest, AnAppendOnlySinkIsNotGivenWhatItHas) {
  log({1, 2, 3, 4, 5, 6});
  EXPECT_EQ(deliver(), Standing::kIdle);
  log({3, 4, 5}, std::nullopt, 2);
  EXPECT_EQ(deliver(), Standing::kIdle);
  log({4, 5, 6}, RunStatus::kFinished, 3);
  EXPECT_EQ(deliver(), Standing::kDone);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(remarks.all, IsEmpty()) << "times may differ";
}

TEST_F(WorkerTest, WhatMayHaveArrivedIsNotShownTwiceByAResume) {
  sink.keeps_equal_once = sink.loses_answers = true;
  log({1, 2, 3});
  EXPECT_EQ(deliver(), Standing::kWaiting);
  log({2, 3, 4}, std::nullopt, 1);
  EXPECT_EQ(deliver(), Standing::kWaiting);
  sink.loses_answers = false;
  log({3, 4, 5}, RunStatus::kFinished, 2);
  EXPECT_EQ(deliver(), Standing::kDone);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(WorkerTest, ValuesThatDifferAreCountedInOneRemark) {
  log({1, 2, 3});
  EXPECT_EQ(deliver(), Standing::kIdle);
  log({2, 3, 4}, RunStatus::kFinished, 1, 0.75);
  EXPECT_EQ(deliver(), Standing::kDone);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(remarks.all["tracker_differs:fake"], HasSubstr("keeps 2 records"));
}

TEST_F(WorkerTest, AnEndThatARunWentOnAfterIsNone) {
  log({1}, RunStatus::kKilled);
  log({2}, RunStatus::kFinished, 1);
  EXPECT_EQ(deliver(), Standing::kDone);
  EXPECT_EQ(sink.ended, RunStatus::kFinished);
  log({3}, std::nullopt, 2);
  EXPECT_EQ(deliver(), Standing::kIdle);
  EXPECT_EQ(sink.ended, std::nullopt) << "the run is open again";
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 3));
}

TEST_F(WorkerTest, ARunThatWentOnAndEndedAgainMeanwhileIsOpenedAgain) {
  log({1, 2}, RunStatus::kFinished);
  EXPECT_EQ(deliver(), Standing::kDone);
  log({2, 3}, RunStatus::kFinished, 1);
  EXPECT_EQ(deliver(), Standing::kDone);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 3));
  EXPECT_EQ(sink.starts, 2);
}

/// A crash at any call: the process is gone, the sink and the note stay as they are.
TEST_F(WorkerTest, AfterACrashAtAnyCallTheSinkHasEverythingOnce) {
  for (const RewindMeans means : {RewindMeans::kRebuild, RewindMeans::kAppendOnly}) {
    for (int crash = 1; crash < 20; ++crash) {
      std::filesystem::remove_all(folder);
      sink = {};
      sink.means = means;
      sink.tells_position = true;
      sink.most_at_once = 2;
      log({1, 2, 3, 4, 5, 6});
      drive(*worker());
      log({3, 4, 5, 6}, RunStatus::kFinished, 2);
      int calls = 0;
      sink.fault = [&](const std::string&) -> Status {
        if (++calls == crash) throw std::runtime_error("crash");
        return {};
      };
      deliver();
      sink.fault = [](const std::string&) { return Status{}; };
      EXPECT_EQ(deliver(), Standing::kDone) << crash;
      EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 3, 4, 5, 6)) << crash;
      EXPECT_EQ(sink.ended, RunStatus::kFinished) << crash;
    }
  }
}

}  // namespace
}  // namespace baton::track
