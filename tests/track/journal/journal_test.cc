#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/track/journal/reader.h"
#include "src/track/journal/segments.h"
#include "src/track/journal/writer.h"
#include "tests/fakes/error_of.h"
#include "tests/fakes/faulty_disk.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::track {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class JournalTest : public testing::Test {
 protected:
  std::vector<std::int64_t> steps() const {
    std::vector<std::int64_t> steps;
    for_each_entry(folder, [&](const Entry& entry) { steps.push_back(entry.step); });
    return steps;
  }
  std::vector<EntryKind> kinds() const {
    std::vector<EntryKind> kinds;
    for_each_entry(folder, [&](const Entry& entry) { kinds.push_back(entry.kind); });
    return kinds;
  }
  /// How many calls of the disk opening a new journal takes.
  std::int64_t calls_to_open() {
    fakes::FaultyDisk counting(fakes::DiskFault::kNone, 0);
    { JournalWriter writer(folder, counting, wall); }
    std::filesystem::remove_all(folder);
    return counting.calls() - 1;  // the last one closes
  }
  void write(JournalWriter& writer, std::int64_t step) { writer.append(EntryKind::kLog, step, {{"loss", 0.5}}); }

  fakes::TemporaryFolder temporary;
  std::filesystem::path folder = temporary.path() / "run";
  Disk disk;
  fakes::ManualClock wall;
};

TEST_F(JournalTest, EntriesAreReadInOrderWithTheirTimesAndNumbers) {
  JournalWriter writer(folder, disk, wall);
  write(writer, 1);
  wall.advance(std::chrono::nanoseconds(5));
  write(writer, 2);
  std::vector<Entry> entries;
  for_each_entry(folder, [&](const Entry& entry) { entries.push_back(entry); });
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].sequence, 2u);
  EXPECT_EQ(entries[1].time_ns, entries[0].time_ns + 5);
  EXPECT_EQ(entries[1].generation, 0u);
}

TEST_F(JournalTest, AReaderFollowsAWriter) {
  JournalReader reader(folder);
  EXPECT_FALSE(reader.next());
  JournalWriter writer(folder, disk, wall);
  EXPECT_FALSE(reader.next());
  for (std::int64_t step : {1, 2}) {
    write(writer, step);
    EXPECT_EQ(reader.next()->step, step);
    EXPECT_FALSE(reader.next());
  }
}

TEST_F(JournalTest, OneLookEndsThoughSomebodyGoesOnWriting) {
  JournalWriter writer(folder, disk, wall);
  write(writer, 1);
  write(writer, 2);
  int seen = 0;
  for_each_entry(folder, [&](const Entry&) {
    if (++seen < 100) write(writer, 3);
  });
  EXPECT_EQ(seen, 2);
}

TEST_F(JournalTest, TheLastEntryIsFoundFromTheEnd) {
  EXPECT_FALSE(last_entry(folder));
  JournalWriter writer(folder, disk, wall);
  EXPECT_FALSE(last_entry(folder));
  for (std::int64_t step = 1; step <= 1000; ++step) write(writer, step);
  EXPECT_EQ(last_entry(folder)->step, 1000);
  for (const std::size_t size : {60'000UL, 70'000UL, 300'000UL}) {
    writer.append(EntryKind::kText, static_cast<std::int64_t>(size), {{"text", std::string(size, 'B')}});
    EXPECT_EQ(last_entry(folder)->step, static_cast<std::int64_t>(size));
  }
}

TEST_F(JournalTest, TheLastEntryIsThatBeforeATornOneAndBeforeAnEmptySegment) {
  {
    JournalWriter writer(folder, disk, wall);
    write(writer, 1);
    write(writer, 2);
  }
  const std::filesystem::path segment = journal::segment_path(folder, 1);
  const std::string whole = read_file(segment);
  { JournalWriter opens_the_second(folder, disk, wall); }
  EXPECT_EQ(last_entry(folder)->step, 2);
  for (std::size_t size = whole.size() / 2; size < whole.size(); ++size) {
    std::filesystem::resize_file(segment, size);
    EXPECT_EQ(last_entry(folder)->step, 1) << size;
  }
}

TEST_F(JournalTest, TheNextProcessIsANewGenerationThatCountsOn) {
  {
    JournalWriter first(folder, disk, wall);
    write(first, 1);
  }
  JournalWriter second(folder, disk, wall);
  write(second, 2);
  EXPECT_EQ(second.generation(), 1u);
  EXPECT_EQ(second.sequence(), 2u);
  EXPECT_THAT(steps(), ElementsAre(1, 2));
}

TEST_F(JournalTest, ASecondWriterIsRefusedAndToldWhoWrites) {
  JournalWriter first(folder, disk, wall);
  EXPECT_THAT(fakes::error_of<Error>([&] { JournalWriter(folder, disk, wall); }),
              testing::AllOf(HasSubstr("is being written by process "), HasSubstr("choose another output_dir")));
}

TEST_F(JournalTest, ATornEndIsIgnoredAndCountedOnceItIsOver) {
  {
    JournalWriter first(folder, disk, wall);
    write(first, 1);
    write(first, 2);
  }
  const auto segment = journal::segment_path(folder, 1);
  std::filesystem::resize_file(segment, std::filesystem::file_size(segment) - 3);
  EXPECT_THAT(steps(), ElementsAre(1));
  JournalWriter second(folder, disk, wall);
  write(second, 3);
  EXPECT_THAT(steps(), ElementsAre(1, 3));
  JournalReader reader(folder);
  while (reader.next()) {
  }
  EXPECT_GT(reader.damaged_bytes(), 0u);
}

TEST_F(JournalTest, DamageCostsTheRecordsItHitsOnly) {
  {
    JournalWriter writer(folder, disk, wall);
    for (std::int64_t step = 1; step <= 3; ++step) write(writer, step);
  }
  const auto segment = journal::segment_path(folder, 1);
  const std::string good = read_file(segment);
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string damaged = good;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    std::ofstream(segment, std::ios::binary) << damaged;
    EXPECT_EQ(steps().size(), 2u) << at;
  }
}

TEST_F(JournalTest, AFullDiskCostsWhatCouldNotBeWrittenAndNothingElse) {
  fakes::FaultyDisk full(fakes::DiskFault::kFull, calls_to_open() + 4);
  JournalWriter writer(folder, full, wall);
  std::int64_t written = 0;
  for (std::int64_t step = 1; step <= 9; ++step) written += writer.append(EntryKind::kLog, step, {}) ? 1 : 0;
  EXPECT_GT(written, 0);
  EXPECT_EQ(writer.lost(), 9 - written);
  EXPECT_THAT(writer.problem(), HasSubstr("No space left on device"));
  EXPECT_EQ(static_cast<std::int64_t>(steps().size()), written);
}

TEST_F(JournalTest, AfterAFaultItGoesOnInANewSegmentASecondLater) {
  const std::int64_t open = calls_to_open();
  for (std::int64_t call = open + 1; call < open + 7; ++call) {
    std::filesystem::remove_all(folder);
    fakes::FaultyDisk once(fakes::DiskFault::kInputOutput, call);
    JournalWriter writer(folder, once, wall);
    for (std::int64_t step = 1; step <= 8; ++step) {
      write(writer, step);
      wall.advance(std::chrono::milliseconds(400));
    }
    wall.advance(std::chrono::seconds(1));
    write(writer, 9);
    EXPECT_LE(writer.lost(), 3) << call;
    EXPECT_EQ(static_cast<std::int64_t>(steps().size()) + writer.lost(), 9) << call;
    JournalReader reader(folder);
    while (reader.next()) {
    }
    EXPECT_EQ(static_cast<std::int64_t>(reader.missing()), writer.lost()) << call;
  }
}

TEST_F(JournalTest, OneThatCannotBeBegunIsBegunLaterWithWhatTellsWhoseItIs) {
  const std::int64_t open = calls_to_open();
  for (std::int64_t call = 1; call <= open + 2; ++call) {
    std::filesystem::remove_all(folder);
    fakes::FaultyDisk full(fakes::DiskFault::kFull, call);
    JournalWriter writer(folder, full, wall);
    const bool is_begun = writer.append(EntryKind::kBegin, 0, {{"run_id", "r"}});
    EXPECT_FALSE(writer.append(EntryKind::kParams, 0, {{"args", Record{}}}) && is_begun) << call;
    write(writer, 1);
    EXPECT_THAT(writer.problem(), HasSubstr("No space left on device")) << call;
    full.repair();
    wall.advance(std::chrono::seconds(1));
    write(writer, 2);
    EXPECT_EQ(writer.lost(), 1) << call;
    EXPECT_THAT(kinds(), ElementsAre(EntryKind::kBegin, EntryKind::kParams, EntryKind::kLog)) << call;
    EXPECT_EQ(writer.sequence(), 4u);
  }
}

TEST_F(JournalTest, TheEndWaitsForNoSecond) {
  fakes::FaultyDisk full(fakes::DiskFault::kFull, calls_to_open() + 1);
  JournalWriter writer(folder, full, wall);
  write(writer, 1);
  full.repair();
  write(writer, 2);
  writer.append(EntryKind::kFinish, 0, {});
  EXPECT_EQ(writer.lost(), 2);
  EXPECT_THAT(kinds(), ElementsAre(EntryKind::kFinish));
}

/// Has room for names and none for what is in the files.
class FullDisk final : public Disk {
 public:
  ssize_t write(int, const void*, std::size_t) override {
    errno = ENOSPC;
    return -1;
  }
};

TEST_F(JournalTest, AFullDiskCollectsNoEmptySegments) {
  FullDisk full;
  JournalWriter writer(folder, full, wall);
  for (int second = 0; second < 10; ++second) {
    write(writer, second);
    wall.advance(std::chrono::seconds(1));
  }
  EXPECT_EQ(writer.lost(), 10);
  EXPECT_THAT(journal::segment_numbers(folder), testing::IsEmpty());
}

TEST_F(JournalTest, WhereAFileIsInTheWayItIsBegunWhenThatIsGone) {
  std::ofstream(folder) << "in the way";
  JournalWriter writer(folder, disk, wall);
  EXPECT_FALSE(writer.append(EntryKind::kBegin, 0, {{"run_id", "r"}}));
  EXPECT_THAT(writer.problem(), HasSubstr(folder.string()));
  std::filesystem::remove(folder);
  wall.advance(std::chrono::seconds(1));
  write(writer, 1);
  EXPECT_THAT(kinds(), ElementsAre(EntryKind::kBegin, EntryKind::kLog));
}

TEST_F(JournalTest, WhatAnotherProcessHasMeanwhileIsLeftToIt) {
  fakes::FaultyDisk full(fakes::DiskFault::kFull, 1);
  JournalWriter late(folder, full, wall);
  full.repair();
  {
    JournalWriter other(folder, disk, wall);
    write(other, 1);
    EXPECT_FALSE(late.append(EntryKind::kBegin, 0, {}));
    EXPECT_THAT(late.problem(), HasSubstr("is being written by process "));
  }
  EXPECT_FALSE(late.append(EntryKind::kFinish, 0, {}));
  EXPECT_THAT(late.problem(), HasSubstr("is being written by another process"));
  EXPECT_THAT(steps(), ElementsAre(1));
}

TEST_F(JournalTest, AShortWriteIsWrittenToItsEnd) {
  fakes::FaultyDisk once(fakes::DiskFault::kShortWrite, calls_to_open() + 2);
  JournalWriter writer(folder, once, wall);
  for (std::int64_t step = 1; step <= 4; ++step) write(writer, step);
  EXPECT_THAT(steps(), ElementsAre(1, 2, 3, 4));
}

}  // namespace
}  // namespace baton::track
