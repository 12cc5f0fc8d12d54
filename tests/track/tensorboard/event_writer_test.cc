#include "baton/track/event_writer.h"

#include <gtest/gtest.h>

#include <array>

#include "src/base/files.h"
#include "src/track/tensorboard/event_encoder.h"
#include "src/track/tensorboard/event_files.h"
#include "src/track/tensorboard/event_reader.h"
#include "tests/fakes/faulty_disk.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::tensorboard {
namespace {

using fakes::DiskFault;
using fakes::FaultyDisk;

struct EventWriterTest : testing::Test {
  EventWriterOptions options(std::shared_ptr<Disk> disk = nullptr) {
    return {.name = {.host = "box", .pid = 7}, .now_ns = [this] { return now_ns += 1'000'000'000; }, .disk = disk};
  }
  std::vector<std::string> tags(const EventWriter& writer) {
    std::vector<std::string> found;
    for (const FileEvent& event : read_event_file(writer.path()).events) {
      if (!event.tag.empty()) found.push_back(event.tag);
    }
    return found;
  }

  fakes::TemporaryFolder folder;
  std::int64_t now_ns = 0;
};

using Tags = std::vector<std::string>;

TEST_F(EventWriterTest, MakesItsFolderAndNamesItsFile) {
  EventWriter writer(folder.path() / "runs" / "a", options());
  EXPECT_TRUE(writer.path().empty());
  EXPECT_TRUE(writer.open().ok());
  EXPECT_EQ(writer.path(), folder.path() / "runs/a/events.out.tfevents.0000000001.box.7.0");
}

TEST_F(EventWriterTest, WritesEachKind) {
  EventWriter writer(folder.path(), options());
  writer.add_scalar("loss", 0.5, 1);
  writer.add_text("note", "hi", 1);
  writer.add_histogram("w", {std::array{0.0, 1.0}, std::array{2.0}}, 1);
  writer.add_image("i", {1, 1, "png"}, 1);
  writer.add_hparams({{"lr", 0.1}});
  writer.add_end(RunStatus::kFinished);
  EXPECT_TRUE(writer.flush().ok());
  EXPECT_EQ(tags(writer), (Tags{"loss", "note/text_summary", "w", "i", "_hparams_/session_start_info",
                                "_hparams_/session_end_info"}));
}

TEST_F(EventWriterTest, TwoOfOneSecondGetTwoFiles) {
  EventWriter one(folder.path(), options());
  EXPECT_TRUE(one.open().ok());
  now_ns = 0;
  EventWriter other(folder.path(), options());
  EXPECT_TRUE(other.open().ok());
  EXPECT_EQ(other.path().extension(), ".1");
}

TEST_F(EventWriterTest, FlushesByItselfWhenALotHasGatheredAndAtItsEnd) {
  {
    EventWriter writer(folder.path(), options());
    for (int step = 0; step < 2000; ++step) writer.add_scalar("loss", 0.5, step);
    EXPECT_GT(std::filesystem::file_size(writer.path()), 64U << 10U);
  }
  EXPECT_EQ(read_events(read_file(event_files(folder.path()).front())).events.size(), 2002U);
}

TEST_F(EventWriterTest, WithoutAnythingToWriteThereIsNoFile) {
  { EventWriter writer(folder.path() / "a", options()); }
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "a"));
}

TEST_F(EventWriterTest, OnlyTheFirstFileOfAFolderTellsOfAStartUnlessAskedTo) {
  EventWriterOptions resumed = options();
  resumed.first_step = 5;
  const std::pair<EventWriterOptions, std::vector<std::int64_t>> cases[] = {
      {options(), {0}}, {options(), {}}, {resumed, {5}}};
  for (const auto& [given, steps] : cases) {
    EventWriter writer(folder.path(), given);
    ASSERT_TRUE(writer.open().ok());
    std::vector<std::int64_t> starts;
    for (const FileEvent& event : read_event_file(writer.path()).events) {
      if (event.kind == "session") starts.push_back(event.step);
    }
    EXPECT_EQ(starts, steps);
  }
}

TEST_F(EventWriterTest, AfterAFullDiskTheRecordsAreThereOnce) {
  for (std::int64_t call = 1; call <= 4; ++call) {  // create, head, write; none
    const auto disk = std::make_shared<FaultyDisk>(DiskFault::kFull, call);
    EventWriter writer(folder.path() / std::to_string(call), options(disk));
    const track::Status opened = writer.open();
    writer.add_scalar("loss", 0.5, 1);
    EXPECT_EQ(writer.flush().fault == track::Fault::kTemporary, call <= 3) << call;
    if (!writer.path().empty()) {
      EXPECT_EQ(read_event_file(writer.path()).torn, 0U) << call;
    }
    disk->repair();
    EXPECT_TRUE(writer.flush().ok());
    EXPECT_EQ(tags(writer), Tags{"loss"}) << call;
  }
}

TEST_F(EventWriterTest, SaysWhichFileCannotBeWrittenAndWhy) {
  EventWriter writer(folder.path(), options(std::make_shared<FaultyDisk>(DiskFault::kFull, 1)));
  EXPECT_EQ(writer.open().reason, "Cannot write " +
                                      (folder.path() / "events.out.tfevents.0000000001.box.7.0").string() +
                                      ": No space left on device");
}

TEST_F(EventWriterTest, AFolderThatCannotBeMadeIsForAPersonToMend) {
  write_file(folder.path() / "a", "a file");
  EventWriter writer(folder.path() / "a" / "b", options());
  EXPECT_EQ(writer.open().fault, track::Fault::kUnusable);
}

TEST_F(EventWriterTest, ForeignRecordsComeAfterItsOwnOrNotAtAll) {
  std::string records;
  add_text(records, {}, "made elsewhere", "");
  const auto disk = std::make_shared<FaultyDisk>(DiskFault::kShortWrite, 4);
  EventWriter writer(folder.path(), options(disk));
  writer.add_scalar("loss", 0.5, 1);
  EXPECT_TRUE(writer.write(records).ok());
  EXPECT_EQ(tags(writer), (Tags{"loss", "made elsewhere/text_summary"}));
}

TEST_F(EventWriterTest, DropsAndCountsWhatADiskHasNoRoomForTooLong) {
  const auto disk = std::make_shared<FaultyDisk>(DiskFault::kFull, 1);
  EventWriter writer(folder.path(), options(disk));
  const std::string long_text(1 << 20, 'x');
  for (int i = 0; i < 20; ++i) writer.add_text("t", long_text, i);
  disk->repair();
  EXPECT_EQ(writer.flush().reason.substr(0, 28), "4 records were dropped while");
  EXPECT_TRUE(writer.flush().ok());
  EXPECT_EQ(tags(writer).size(), 16U);
}

}  // namespace
}  // namespace baton::tensorboard
