#include "src/track/tensorboard/tensorboard_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "src/base/files.h"
#include "src/track/tensorboard/event_files.h"
#include "src/track/tensorboard/event_reader.h"
#include "tests/fakes/faulty_disk.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::track {
namespace {

namespace fs = std::filesystem;
using fakes::DiskFault;
using fakes::FaultyDisk;
using tensorboard::FileEvent;
using testing::ElementsAre;
using testing::StartsWith;

class RecordedRemarks final : public Remarks {
 public:
  void remark(std::string_view id, std::string text) override { said[std::string(id)] = std::move(text); }
  std::map<std::string, std::string> said;
};

struct TensorBoardTrackerTest : testing::Test {
  TensorBoardTrackerTest() {
    run.id = "run-1";
    run.output_dir = folder.path() / "out";
    run.folder = folder.path();
    run.start_ns = 1'700'000'000'000'000'000;
    write_file(folder.path() / "image.png", "png");
  }

  TensorBoardSetup setup(std::shared_ptr<Disk> disk = nullptr) const {
    return {.logging_dir = logs(),
            .file = {.name = {.host = "box", .pid = 7},
                     .now_ns = [] { return std::int64_t{5'000'000'000}; },
                     .disk = std::move(disk)}};
  }
  fs::path logs() const { return folder.path() / "logs"; }

  Entry entry(EntryKind kind, std::int64_t step, Record values) {
    ++sequence;
    return {kind, 0, sequence, static_cast<std::int64_t>(sequence) * 1'000'000'000, step, std::move(values)};
  }

  /// A run of every kind that TensorBoard shows.
  std::vector<Entry> whole_run() {
    sequence = 0;
    return {
        entry(EntryKind::kParams, 0, {{"args", Record{{"seed", 42}}}}),
        entry(EntryKind::kLog, 1, {{"loss", 0.5}, {"note", "a"}}),
        entry(EntryKind::kHistogram, 1, {{"key", "w"}, {"edges", Value::List{0.0, 1.0}}, {"counts", Value::List{2.0}}}),
        entry(EntryKind::kImage, 1, {{"key", "i"}, {"file", "image.png"}, {"width", 2}, {"height", 1}}),
        entry(EntryKind::kLog, 2, {{"loss", std::nan("")}}),
        entry(EntryKind::kText, 2, {{"key", "t"}, {"text", "hi"}})};
  }

  /// What one entry becomes, without the head of the file: "kind tag@step=value".
  std::vector<std::string> shown(const Entry& entry) {
    TensorBoardTracker tracker(setup());
    EXPECT_TRUE(tracker.start(run, remarks, memory).ok());
    EXPECT_EQ(tracker.write(std::span(&entry, 1)).stored, 1U);
    return content();
  }

  std::vector<std::string> content() const {
    std::vector<std::string> lines;
    for (const fs::path& file : tensorboard::event_files(logs())) {
      const auto read = tensorboard::read_event_file(file);
      EXPECT_EQ(read.torn, 0U);
      EXPECT_EQ(read.damage, "");
      for (const FileEvent& event : read.events) {
        if (event.kind == "file_version" || event.kind == "session") continue;
        lines.push_back(event.kind + " " + event.tag + "@" + std::to_string(event.step) + "=" + text_of(event.value));
      }
    }
    return lines;
  }
  static std::string text_of(const Value& value) {
    if (value.text()) return *value.text();
    return value.record() ? std::to_string(value.record()->size()) + " items" : std::to_string(value.number());
  }

  /// Those with something in them.
  std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    for (const fs::path& file : tensorboard::event_files(logs())) {
      if (fs::file_size(file) > 0) found.push_back(file);
    }
    return found;
  }
  std::string only_file() const {
    EXPECT_EQ(files().size(), 1U);
    return files().empty() ? "" : read_file(files().front());
  }

  /// As the worker feeds it, an entry at a time, again after a fault.
  void deliver(TensorBoardTracker& tracker, const std::vector<Entry>& entries,
               const std::function<void()>& after_fault) {
    const auto until_ok = [&](const std::function<Status()>& call) {
      for (int tries = 0; !call().ok(); ++tries) {
        ASSERT_LT(tries, 3);
        after_fault();
      }
    };
    until_ok([&] { return tracker.start(run, remarks, memory); });
    for (const Entry& one : entries) {
      if (one.position() > tracker.stored()) until_ok([&] { return tracker.write(std::span(&one, 1)).status; });
    }
    until_ok([&] { return tracker.finish(RunStatus::kFinished, 9'000'000'000); });
  }
  void deliver(const std::vector<Entry>& entries) {
    TensorBoardTracker tracker(setup());
    deliver(tracker, entries, [] { FAIL(); });
  }

  fakes::TemporaryFolder folder;
  RunInfo run;
  RecordedRemarks remarks;
  Record memory;
  std::uint64_t sequence = 0;
};

TEST_F(TensorBoardTrackerTest, ALogIsScalarsAndTextsUnderTheReferencesTags) {
  EXPECT_THAT(shown(entry(EntryKind::kLog, 3, {{"loss", 0.5}, {"eval_acc", true}, {"test_n", 2}, {"note", "hi"}})),
              ElementsAre("scalars train/loss@3=0.500000", "scalars eval/acc@3=1.000000", "scalars test/n@3=2.000000",
                          "text train/note/text_summary@3=hi"));
}

TEST_F(TensorBoardTrackerTest, WhatIsNeitherNumberNorTextIsLeftOutAndSaid) {
  EXPECT_THAT(shown(entry(EntryKind::kLog, 3, {{"list", Value::List{1, 2}}, {"none", nullptr}})), ElementsAre());
  EXPECT_EQ(remarks.said.size(), 2U);
  EXPECT_EQ(remarks.said["tensorboard_value:list"],
            "TensorBoard shows numbers and texts; \"list\" is neither and is left out: [1,2]");
}

TEST_F(TensorBoardTrackerTest, TheTimeIsTheEntrys) {
  shown(entry(EntryKind::kLog, 3, {{"loss", 0.5}}));
  EXPECT_EQ(tensorboard::read_events(only_file()).events.back().wall_time, 1.0);
}

TEST_F(TensorBoardTrackerTest, ParametersAreTextsAsInTheReferenceAndARowOfTheTable) {
  EXPECT_THAT(shown(entry(EntryKind::kParams, 0,
                          {{"args", Record{{"seed", 42}, {"betas", Value::List{1}}}},
                           {"model_config", Record{{"width", 8}, {"depth", 2}}}})),
              ElementsAre("text args/text_summary@0={\n  \"seed\": 42,\n  \"betas\": [\n    1\n  ]\n}",
                          "text model_config/text_summary@0={\n  \"depth\": 2,\n  \"width\": 8\n}\n",
                          "hparams _hparams_/session_start_info@0=1 items"));
}

TEST_F(TensorBoardTrackerTest, OnlyTheFirstParametersAreARowOfTheTable) {
  const std::vector<Entry> twice = {entry(EntryKind::kParams, 0, {{"args", Record{{"lr", 1.0}}}}),
                                    entry(EntryKind::kParams, 4, {{"args", Record{{"lr", 2.0}}}})};
  deliver(twice);
  EXPECT_THAT(content(), ElementsAre(StartsWith("text args"), StartsWith("hparams _hparams_/session_start_info"),
                                     StartsWith("text args"), StartsWith("hparams _hparams_/session_end_info")));
}

TEST_F(TensorBoardTrackerTest, TextsHistogramsAndImagesKeepTheirKeys) {
  deliver(whole_run());
  EXPECT_THAT(content(), ElementsAre(StartsWith("text args/"), StartsWith("hparams"), "scalars train/loss@1=0.500000",
                                     "text train/note/text_summary@1=a", "histograms w@1=nan", "images i@1=3 items",
                                     "scalars train/loss@2=nan", "text t/text_summary@2=hi",
                                     "hparams _hparams_/session_end_info@0=1 items"));
}

TEST_F(TensorBoardTrackerTest, WhatCannotBeShownIsSaidOnceAndTheRunGoesOn) {
  EXPECT_THAT(shown(entry(EntryKind::kImage, 1, {{"key", "i"}, {"file", "none.png"}})), ElementsAre());
  EXPECT_THAT(remarks.said["tensorboard_value:i"], StartsWith("TensorBoard goes without the image \"i\": Cannot read"));
  EXPECT_THAT(shown(entry(EntryKind::kHistogram, 1, {{"key", "w"}, {"counts", Value::List{1}}})), ElementsAre());
  EXPECT_EQ(remarks.said["tensorboard_value:w"],
            "TensorBoard goes without the histogram \"w\": it has 0 edges and 1 counts");
}

TEST_F(TensorBoardTrackerTest, PredictionsAndArtifactsAreNotForIt) {
  EXPECT_THAT(shown(entry(EntryKind::kPredict, 1, {{"test_loss", 1.0}})), ElementsAre());
  EXPECT_THAT(shown(entry(EntryKind::kArtifact, 1, {{"name", "model"}})), ElementsAre());
}

TEST_F(TensorBoardTrackerTest, TheDefaultFolderIsOfTheTimeWhenTheRunBegan) {
  TensorBoardSetup plain = setup();
  plain.logging_dir.clear();
  plain.trial = "trial-3";
  ASSERT_TRUE(TensorBoardTracker(plain).start(run, remarks, memory).ok());
  const std::string remembered = *memory.find("folder")->text();
  EXPECT_THAT(remembered, testing::MatchesRegex("runs/Nov1[345]_[0-9][0-9]-[0-9][0-9]-20_box/trial-3"));
  EXPECT_EQ(tensorboard::event_files(run.output_dir / remembered).size(), 1U);
}

TEST_F(TensorBoardTrackerTest, AResumedRunStaysInItsFolder) {
  memory.set("folder", "runs/of-old");
  ASSERT_TRUE(TensorBoardTracker(setup()).start(run, remarks, memory).ok());
  EXPECT_EQ(tensorboard::event_files(run.output_dir / "runs/of-old").size(), 1U);
}

TEST_F(TensorBoardTrackerTest, HoldsEverythingOnceHoweverTheProcessBeforeEnded) {
  const std::vector<Entry> entries = whole_run();
  deliver(entries);
  const std::string undisturbed = only_file();
  for (std::size_t written = 0; written <= entries.size(); ++written) {
    for (const bool remembers : {false, true}) {
      for (const std::size_t torn : {0U, 1U, 20U}) {  // bytes of a record that did not get in
        fs::remove_all(logs());
        memory = {};
        TensorBoardTracker killed(setup());
        ASSERT_TRUE(killed.start(run, remarks, memory).ok());
        ASSERT_TRUE(killed.write(std::span(entries).first(written)).status.ok());
        const fs::path file = tensorboard::event_files(logs()).front();
        write_file(file, read_file(file) + undisturbed.substr(0, torn));
        if (!remembers) memory = {};
        deliver(entries);
        EXPECT_EQ(only_file(), undisturbed) << written << remembers << torn;
      }
    }
  }
}

TEST_F(TensorBoardTrackerTest, HoldsEverythingOnceWhereverTheDiskWasFull) {
  const std::vector<Entry> entries = whole_run();
  deliver(entries);
  const std::string undisturbed = only_file();
  for (std::int64_t call = 1, faults = 1; faults > 0; ++call) {
    faults = 0;
    fs::remove_all(logs());
    memory = {};
    const auto disk = std::make_shared<FaultyDisk>(DiskFault::kFull, call);
    TensorBoardTracker tracker(setup(disk));
    deliver(tracker, entries, [&] {
      ++faults;
      disk->repair();
    });
    EXPECT_EQ(only_file(), undisturbed) << call;
  }
}

TEST_F(TensorBoardTrackerTest, AFullDiskLeavesWholeRecordsAndAReason) {
  const std::vector<Entry> entries = whole_run();
  const auto disk = std::make_shared<FaultyDisk>(DiskFault::kFull, 3);  // after the file and its head
  TensorBoardTracker tracker(setup(disk));
  ASSERT_TRUE(tracker.start(run, remarks, memory).ok());
  const Delivery delivery = tracker.write(entries);
  EXPECT_EQ(delivery.stored, 0U);
  EXPECT_EQ(delivery.status.fault, Fault::kTemporary);
  EXPECT_THAT(delivery.status.reason, testing::EndsWith("No space left on device"));
  EXPECT_THAT(content(), ElementsAre());
}

TEST_F(TensorBoardTrackerTest, ARewindMakesTheFileAnewUnderALaterName) {
  const std::vector<Entry> entries = whole_run();
  TensorBoardTracker tracker(setup());
  ASSERT_TRUE(tracker.start(run, remarks, memory).ok());
  ASSERT_TRUE(tracker.write(entries).status.ok());
  const fs::path before = files().front();
  ASSERT_TRUE(tracker.reset(entry(EntryKind::kRewind, 1, {})).ok());
  EXPECT_EQ(tracker.stored(), Position{});
  ASSERT_TRUE(tracker.write(std::span(entries).first(2)).status.ok());
  EXPECT_EQ(content().size(), 4U);
  EXPECT_GT(files().front(), before);
}

TEST_F(TensorBoardTrackerTest, OneEmptyFileStaysForReadersHoweverOftenItIsRewound) {
  TensorBoardTracker tracker(setup());
  ASSERT_TRUE(tracker.start(run, remarks, memory).ok());
  for (int time = 0; time < 3; ++time) ASSERT_TRUE(tracker.reset(entry(EntryKind::kRewind, 1, {})).ok());
  EXPECT_EQ(tensorboard::event_files(logs()).size(), 2U);
  const auto events = tensorboard::read_events(only_file()).events;
  EXPECT_EQ(events.back().kind, "session") << "what a reader has of the older files does not count";
}

TEST_F(TensorBoardTrackerTest, ARunThatGoesOnAfterItsEndEndsAsItDoesThen) {
  const std::vector<Entry> entries = whole_run();
  TensorBoardTracker failed(setup());
  ASSERT_TRUE(failed.start(run, remarks, memory).ok());
  ASSERT_TRUE(failed.write(entries).status.ok());
  ASSERT_TRUE(failed.finish(RunStatus::kFailed, 1).ok());
  deliver(entries);
  const auto events = tensorboard::read_events(only_file()).events;
  EXPECT_EQ(events.back().value, Value(Record{{"status", 1}}));
}

TEST_F(TensorBoardTrackerTest, StartAndFinishMayComeTwice) {
  TensorBoardTracker tracker(setup());
  ASSERT_TRUE(tracker.finish(RunStatus::kFinished, 1).ok());
  ASSERT_TRUE(tracker.start(run, remarks, memory).ok());
  ASSERT_TRUE(tracker.write(whole_run()).status.ok());
  ASSERT_TRUE(tracker.start(run, remarks, memory).ok());
  EXPECT_EQ(tracker.stored(), (Position{0, 6})) << "what is there stays";
  ASSERT_TRUE(tracker.finish(RunStatus::kFinished, 1).ok());
  const std::string once = only_file();
  ASSERT_TRUE(tracker.finish(RunStatus::kFinished, 1).ok());
  EXPECT_EQ(only_file(), once);
}

TEST_F(TensorBoardTrackerTest, FilesOfOthersInTheFolderStay) {
  make_folders(*std::make_unique<Disk>(), logs());
  write_file(logs() / "events.out.tfevents.1.other", "theirs");
  deliver(whole_run());
  deliver(whole_run());
  EXPECT_EQ(read_file(logs() / "events.out.tfevents.1.other"), "theirs");
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(TensorBoardTrackerTest, AnAdoptedWriterIsNeitherRewoundNorClosed) {
  const auto writer = std::make_shared<tensorboard::EventWriter>(logs(), setup().file);
  TensorBoardTracker tracker({.adopted = writer});
  ASSERT_TRUE(tracker.start(run, remarks, memory).ok());
  EXPECT_EQ(tracker.rewind_means(), RewindMeans::kAppendOnly);
  EXPECT_EQ(tracker.stored(), std::nullopt);
  const Entry log = entry(EntryKind::kLog, 1, {{"loss", 0.5}});
  ASSERT_TRUE(tracker.write(std::span(&log, 1)).status.ok());
  ASSERT_TRUE(tracker.reset(entry(EntryKind::kRewind, 0, {})).ok());
  ASSERT_TRUE(tracker.finish(RunStatus::kFinished, 1).ok());
  writer->add_scalar("mine", 1.0, 2);
  ASSERT_TRUE(writer->flush().ok());
  EXPECT_THAT(content(), ElementsAre("scalars train/loss@1=0.500000", "scalars mine@2=1.000000"));
}

TEST_F(TensorBoardTrackerTest, AnotherProcessGoesOnWithWhatTheOptionsTell) {
  const GivenEnvironment nothing = {};
  TensorBoardSetup with_trial = setup();
  with_trial.trial = "t";
  const auto again = make_tensorboard(TensorBoardTracker(with_trial).options(), nothing);
  EXPECT_EQ(again->rewind_means(), RewindMeans::kRebuild);
  ASSERT_TRUE(again->start(run, remarks, memory).ok());
  EXPECT_EQ(tensorboard::event_files(logs() / "t").size(), 1U);
}

TEST_F(TensorBoardTrackerTest, AnotherProcessAddsAFileToThatOfAnAdoptedWriter) {
  const GivenEnvironment nothing = {};
  const auto writer = std::make_shared<tensorboard::EventWriter>(logs(), setup().file);
  writer->add_scalar("mine", 1.0, 2);
  const Record options = TensorBoardTracker({.adopted = writer}).options();
  ASSERT_TRUE(writer->flush().ok());
  for (int process = 0; process < 2; ++process) {
    const auto again = make_tensorboard(options, nothing);
    EXPECT_EQ(again->rewind_means(), RewindMeans::kAppendOnly);
    ASSERT_TRUE(again->start(run, remarks, memory).ok());
  }
  EXPECT_EQ(tensorboard::event_files(logs()).size(), 3U);
}

TEST_F(TensorBoardTrackerTest, AFolderThatCannotBeMadeStopsIt) {
  write_file(logs(), "a file");
  TensorBoardTracker tracker(setup());
  EXPECT_EQ(tracker.start(run, remarks, memory).fault, Fault::kUnusable);
}

}  // namespace
}  // namespace baton::track
