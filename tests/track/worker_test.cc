#include "src/track/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <numeric>

#include "src/track/journal/reader.h"
#include "src/track/journal/segments.h"
#include "src/track/journal/writer.h"
#include "src/track/run_status.h"
#include "tests/fakes/fake_tracker.h"
#include "tests/fakes/faulty_disk.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::track {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

class WorkerTest : public testing::Test {
 protected:
  /// A process that logs these steps into the run; after the first one it resumes at `from`.
  void log(std::vector<std::int64_t> steps, std::optional<RunStatus> end = std::nullopt, std::int64_t from = -1,
           double loss = 0.5) {
    JournalWriter writer(folder, disk, wall);
    if (from >= 0) writer.append(EntryKind::kRewind, from, {});
    writer.append(EntryKind::kBegin, 0, {{"run_id", "r"}});
    for (const std::int64_t step : steps) writer.append(EntryKind::kLog, step, {{"loss", loss}, {"x_runtime", clock}});
    ++clock;
    if (end) writer.append(EntryKind::kFinish, 0, {{"status", std::string(run_status_name(*end))}});
  }
  std::unique_ptr<Worker> worker() {
    return std::make_unique<Worker>(Worker::Parts{.run = {.id = "r", .folder = folder},
                                                  .tracker = std::make_unique<fakes::FakeTracker>(sink),
                                                  .key = "fake",
                                                  .remarks = remarks,
                                                  .disk = disk,
                                                  .random = [] { return 1.0; }});
  }
  /// Steps until there is nothing to do at this time.
  static Progress drive(Worker& worker, std::int64_t now = 0) {
    Progress progress;
    do progress = worker.step(now);
    while (progress.standing == Standing::kBehind);
    return progress;
  }
  Standing deliver() { return drive(*worker()).standing; }
  /// Where its record begins in the first segment.
  std::uint64_t offset_of_step(std::int64_t step) const {
    JournalReader reader(folder);
    std::uint64_t offset = 0;
    while (reader.next()->step != step) offset = reader.position().second;
    return offset;
  }

  fakes::TemporaryFolder temporary;
  std::filesystem::path folder = temporary.path() / "run";
  Disk disk;
  fakes::ManualClock wall;
  fakes::FakeSink sink;
  fakes::RecordingRemarks remarks;
  double clock = 1.0;
};

TEST_F(WorkerTest, TheSinkGetsEverythingOnceAndTheEnd) {
  log({1, 2, 3}, RunStatus::kFailed);
  EXPECT_EQ(deliver(), Standing::kDone);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 3));
  EXPECT_EQ(sink.ended, RunStatus::kFailed);
  EXPECT_EQ(deliver(), Standing::kDone);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 3));
  EXPECT_EQ(sink.starts, 1) << "a finished run is not even opened again";
}

TEST_F(WorkerTest, EntriesThatNoTrackerWantsArePassedOver) {
  log({});
  const auto live = worker();
  EXPECT_EQ(drive(*live).standing, Standing::kIdle);
  EXPECT_EQ(live->delivered(), 1u);
  log({1});
  EXPECT_EQ(drive(*live).standing, Standing::kIdle);
  EXPECT_THAT(sink.steps(), ElementsAre(1));
}

TEST_F(WorkerTest, AFullDiskForItsNoteStopsNothing) {
  log({1, 2}, RunStatus::kFinished);
  fakes::FaultyDisk full(fakes::DiskFault::kFull, 1);
  std::filesystem::create_directories(folder / "trackers");
  Worker worker({.run = {.id = "r", .folder = folder},
                 .tracker = std::make_unique<fakes::FakeTracker>(sink),
                 .key = "fake",
                 .remarks = remarks,
                 .disk = full,
                 .random = [] { return 1.0; }});
  EXPECT_EQ(drive(worker).standing, Standing::kDone);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2));
  EXPECT_THAT(remarks.all["note_not_written:fake"], HasSubstr("No space left"));
  EXPECT_EQ(worker.settled(), 0u) << "the next process delivers the artifacts again";
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
    std::filesystem::resize_file(segment, offset_of_step(3));
    log({2, 3, 5}, RunStatus::kFinished, 1);
    EXPECT_EQ(deliver(), Standing::kDone);
    EXPECT_EQ(sink.steps(), steps);
    EXPECT_EQ(sink.ended, RunStatus::kFinished);
    EXPECT_THAT(remarks.all["journal_lost_end:fake"], HasSubstr("lost its last 4 records"));
    std::filesystem::remove_all(folder);
    sink.entries.clear();
  }
}

TEST_F(WorkerTest, AJournalThatIsNotBegunYetIsWaitedFor) {
  const auto early = worker();
  EXPECT_EQ(drive(*early).standing, Standing::kIdle);
  EXPECT_FALSE(std::filesystem::exists(folder));
  log({1}, RunStatus::kFinished);
  EXPECT_EQ(drive(*early).standing, Standing::kDone);
  EXPECT_THAT(sink.steps(), ElementsAre(1));
  EXPECT_THAT(remarks.all, IsEmpty());
}

TEST_F(WorkerTest, AFolderThatCannotBeMadeForItsNoteIsTriedAgain) {
  log({1}, RunStatus::kFinished);
  std::ofstream(folder / "trackers") << "in the way";
  const auto live = worker();
  const Progress progress = drive(*live);
  EXPECT_EQ(progress.standing, Standing::kWaiting);
  EXPECT_THAT(remarks.all["tracker_down:fake"], HasSubstr((folder / "trackers").string()));
  std::filesystem::remove(folder / "trackers");
  EXPECT_EQ(drive(*live, progress.next_ns).standing, Standing::kDone);
  EXPECT_THAT(sink.steps(), ElementsAre(1));
}

TEST_F(WorkerTest, ADamagedNoteCostsNothingWhereTheSinkCanBeWrittenAnew) {
  const std::filesystem::path note = note_path(folder, "fake");
  for (const bool tells_position : {false, true}) {
    sink = {};
    sink.means = RewindMeans::kRebuild;
    sink.tells_position = tells_position;
    remarks.all.clear();
    std::filesystem::remove_all(folder);
    log({1, 2});
    deliver();
    std::filesystem::resize_file(note, 20);
    log({3}, RunStatus::kFinished);
    EXPECT_EQ(deliver(), Standing::kDone);
    EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 3));
    EXPECT_THAT(remarks.all["note_damaged:fake"], AllOf(StartsWith(note.string()), HasSubstr("fake.json.damaged")));
    EXPECT_TRUE(read_note(note)->finished);
  }
}

TEST_F(WorkerTest, ADamagedNoteOfASinkThatOnlyAppendsIsLeftToAPerson) {
  const std::filesystem::path note = note_path(folder, "fake");
  log({1, 2}, RunStatus::kFinished);
  deliver();
  std::ofstream(note) << "";  // as after a power failure
  EXPECT_EQ(deliver(), Standing::kStopped);
  EXPECT_THAT(remarks.all["tracker_stopped:fake"], AllOf(HasSubstr(note.string()), HasSubstr("remove it to")));
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2));
  std::filesystem::remove(note);
  EXPECT_EQ(deliver(), Standing::kDone);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 1, 2));
}

TEST_F(WorkerTest, WhatIsWrittenLaterIsDeliveredLater) {
  log({1});
  const auto live = worker();
  EXPECT_EQ(drive(*live).standing, Standing::kIdle);
  log({2});
  EXPECT_EQ(drive(*live).standing, Standing::kIdle);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2));
}

TEST_F(WorkerTest, ARunWithNothingInItYetHasNotEnded) {
  log({});
  const auto live = worker();
  EXPECT_EQ(drive(*live).standing, Standing::kIdle);
  EXPECT_EQ(sink.ended, std::nullopt);
  log({1});
  EXPECT_EQ(drive(*live).standing, Standing::kIdle);
  EXPECT_FALSE(read_note(note_path(folder, "fake"))->finished);
}

TEST_F(WorkerTest, TheTrackerIsNotedThoughItsServerWasNeverThere) {
  log({1});
  sink.fault = [](const std::string&) { return Status::temporary("refused"); };
  EXPECT_EQ(deliver(), Standing::kWaiting);
  const std::optional<TrackerNote> note = read_note(note_path(folder, "fake"));
  ASSERT_TRUE(note);
  EXPECT_EQ(note->tracker, "fake");
  EXPECT_EQ(note->position.sequence, 0u);
}

TEST_F(WorkerTest, WhatTheTrackerRemembersIsNotedBeforeAnythingIsDelivered) {
  log({1});
  sink.fault = [](const std::string& call) { return call == "write" ? Status::temporary("refused") : Status{}; };
  EXPECT_EQ(deliver(), Standing::kWaiting);
  EXPECT_TRUE(read_note(note_path(folder, "fake"))->memory.contains("starts"));
}

TEST_F(WorkerTest, APartOfABatchMayBeStored) {
  sink.most_at_once = 2;
  log({1, 2, 3, 4, 5});
  EXPECT_EQ(deliver(), Standing::kIdle);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(WorkerTest, AnOutageIsSaidOnceAndTriedAgainLaterAndLater) {
  log({1, 2});
  sink.fault = [](const std::string& call) { return call == "write" ? Status::temporary("refused") : Status{}; };
  const auto live = worker();
  std::int64_t now = 0;
  for (const std::int64_t seconds : {1, 2, 4, 8, 16, 32, 64, 120, 120}) {
    const Progress progress = drive(*live, now);
    EXPECT_EQ(progress.standing, Standing::kWaiting);
    EXPECT_EQ(progress.next_ns - now, seconds * 1'000'000'000);
    EXPECT_EQ(drive(*live, progress.next_ns - 1).standing, Standing::kWaiting);
    now = progress.next_ns;
  }
  EXPECT_THAT(remarks.all,
              ElementsAre(Pair("tracker_down:fake", AllOf(HasSubstr("refused"), HasSubstr("is tried again")))));
  sink.fault = [](const std::string&) { return Status{}; };
  EXPECT_EQ(drive(*live, now).standing, Standing::kIdle);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2));
}

TEST_F(WorkerTest, WhatWeGiveUpOurselvesIsNotSaidToBeDown) {
  log({1});
  const auto live = worker();
  sink.fault = [&](const std::string&) {
    live->cancel();
    return Status::temporary("given up");
  };
  EXPECT_EQ(drive(*live).standing, Standing::kWaiting);
  EXPECT_THAT(remarks.all, IsEmpty());
}

TEST_F(WorkerTest, AServerMayAskForALongerPause) {
  log({1});
  sink.fault = [](const std::string&) { return Status::temporary("429", std::chrono::seconds(90)); };
  EXPECT_EQ(drive(*worker()).next_ns, 90'000'000'000);
}

TEST_F(WorkerTest, WhatIsRefusedIsLeftOutAndCounted) {
  log({1, 2, 3});
  sink.most_at_once = 1;
  sink.fault = [&](const std::string& call) {
    return call == "write" && sink.steps() == std::vector<std::int64_t>{1} && remarks.all.empty()
               ? Status::refused("bad key")
               : Status{};
  };
  const auto live = worker();
  EXPECT_EQ(drive(*live).standing, Standing::kIdle);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 3));
  EXPECT_EQ(live->refused(), 1);
  EXPECT_THAT(remarks.all["tracker_refused:fake"], HasSubstr("log of step 2, which it goes without: bad key"));
}

TEST_F(WorkerTest, AnUnusableSinkIsLeftAloneByThisProcessAndFedByTheNext) {
  log({1}, RunStatus::kFinished);
  sink.fault = [](const std::string&) { return Status::unusable("wrong key"); };
  EXPECT_EQ(deliver(), Standing::kStopped);
  EXPECT_THAT(remarks.all["tracker_stopped:fake"], HasSubstr("wrong key"));
  sink.fault = [](const std::string&) { return Status{}; };
  EXPECT_EQ(deliver(), Standing::kDone);
  EXPECT_THAT(sink.steps(), ElementsAre(1));
}

TEST_F(WorkerTest, ATrackerThatCouldNotEvenStartIsKnownToTheNextProcess) {
  log({1}, RunStatus::kFinished);
  sink.fault = [](const std::string&) { return Status::temporary("refused"); };
  EXPECT_EQ(deliver(), Standing::kWaiting);
  const auto note = read_note(note_path(folder, "fake"));
  ASSERT_TRUE(note.has_value());
  EXPECT_EQ(note->tracker, "fake");
  EXPECT_EQ(note->options, (Record{{"sink", "fake"}}));
}

TEST_F(WorkerTest, AnExceptionOfATrackerStopsNothingElse) {
  log({1});
  sink.fault = [](const std::string&) -> Status { throw std::runtime_error("bug"); };
  EXPECT_EQ(deliver(), Standing::kStopped);
  EXPECT_THAT(remarks.all["tracker_stopped:fake"], HasSubstr("bug"));
}

TEST_F(WorkerTest, TwoProcessesDoNotDeliverTheSame) {
  log({1});
  const auto one = worker();
  EXPECT_EQ(drive(*one).standing, Standing::kIdle);
  EXPECT_EQ(deliver(), Standing::kWaiting);
  EXPECT_THAT(remarks.all["tracker_down:fake"], HasSubstr("is delivering this run to it"));
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
