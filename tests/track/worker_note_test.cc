// What a worker remembers beside the journal.
#include "src/track/worker.h"

#include <gmock/gmock.h>

#include <fstream>

#include "src/track/tracker_note.h"
#include "tests/fakes/faulty_disk.h"
#include "tests/track/worker_fixture.h"

namespace baton::track {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

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

TEST_F(WorkerTest, ATrackerThatCouldNotEvenStartIsKnownToTheNextProcess) {
  log({1}, RunStatus::kFinished);
  sink.fault = [](const std::string&) { return Status::temporary("refused"); };
  EXPECT_EQ(deliver(), Standing::kWaiting);
  const auto note = read_note(note_path(folder, "fake"));
  ASSERT_TRUE(note.has_value());
  EXPECT_EQ(note->tracker, "fake");
  EXPECT_EQ(note->options, (Record{{"sink", "fake"}}));
}

}  // namespace
}  // namespace baton::track
