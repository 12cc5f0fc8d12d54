#include "baton/track/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "baton/core/errors.h"
#include "src/track/journal/reader.h"
#include "src/track/journal/rewinds.h"
#include "src/track/run_folders.h"
#include "src/track/run_services.h"
#include "tests/fakes/error_of.h"
#include "tests/fakes/fake_tracker.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/recording_notices.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::track {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kPng("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\2\0\0\1\0", 24);  // as much as is looked at

std::vector<EntryKind> kinds_of(const std::vector<Entry>& entries) {
  std::vector<EntryKind> kinds;
  for (const Entry& entry : entries) kinds.push_back(entry.kind);
  return kinds;
}

class RunTest : public testing::Test {
 protected:
  RunOptions options() { return {.output_dir = folder.path(), .name = "n", .notices = notices}; }
  std::unique_ptr<Tracker> tracker() { return std::make_unique<fakes::FakeTracker>(sink); }
  std::vector<Entry> entries(const track::Run& run) {
    std::vector<Entry> all;
    for_each_entry(run.info().folder, [&](const Entry& entry) {
      if (entry.kind != EntryKind::kNotice) all.push_back(entry);  // those come when a worker gets to say them
    });
    return all;
  }

  fakes::TemporaryFolder folder;
  std::shared_ptr<fakes::RecordingNotices> notices = std::make_shared<fakes::RecordingNotices>();
  fakes::FakeSink sink;
};

TEST_F(RunTest, WhatIsLoggedReachesTheTrackerBeforeTheEndIsOver) {
  track::Run run(options());
  run.add(tracker());
  for (int step = 1; step <= 5; ++step) run.log({{"loss", 1.0 / step}}, step);
  run.finish(RunStatus::kFailed);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(sink.ended, RunStatus::kFailed);
  EXPECT_THAT(notices->all, IsEmpty());
}

TEST_F(RunTest, ATrackerThatComesLateGetsEverything) {
  track::Run run(options());
  run.log({{"loss", 1.0}}, 1);
  run.add(tracker());
  run.finish();
  EXPECT_THAT(sink.steps(), ElementsAre(1));
}

TEST_F(RunTest, ANameThatCannotBeUsedIsRefusedBeforeAnythingIsWritten) {
  RunOptions wrong = options();
  for (const std::string name : {"tensorbord", "codecarbon"}) {
    wrong.report_to = {name};
    EXPECT_THAT(fakes::error_of<ConfigError>([&] { track::Run run(wrong); }), HasSubstr("--report_to=" + name));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST_F(RunTest, ADeadTrackerHoldsNothingUp) {
  sink.fault = [](const std::string&) { return Status::temporary("Connection refused"); };
  RunOptions quick = options();
  quick.flush_seconds = 0.0;
  track::Run run(quick);
  run.add(tracker());
  run.log({{"loss", 1.0}}, 1);
  run.finish();
  EXPECT_THAT(notices->ids(), testing::Contains("tracker_late"));
  EXPECT_EQ(entries(run).size(), 3u) << "begin, log, finish";
}

TEST_F(RunTest, WithoutAnEndItFinishesAndAfterItNothingCanBeLogged) {
  std::filesystem::path where;
  {
    track::Run run(options());
    run.add(tracker());
    where = run.info().folder;
  }
  EXPECT_EQ(sink.ended, RunStatus::kFinished);
  try {
    track::Run run(options());
    run.add(tracker());
    throw std::runtime_error("user's");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(sink.ended, RunStatus::kFailed);
  track::Run run(options());
  run.finish();
  EXPECT_THROW(run.log({{"loss", 1.0}}, 1), ConfigError);
}

TEST_F(RunTest, ValuesThatNoTrackerCanShowAreLeftOutWithOneNotice) {
  track::Run run(options());
  for (int step = 1; step <= 3; ++step) {
    run.log({{"loss", std::nan("")}, {"ok", true}, {"note", "x"}, {"list", Value::List{1}}, {"none", nullptr}}, step);
  }
  EXPECT_THAT(notices->ids(), ElementsAre("not_loggable:list"));
  EXPECT_EQ(entries(run)[1].values.size(), 3u);
}

TEST_F(RunTest, AProcessGoesOnFromTheMark) {
  Mark mark;
  {
    track::Run run(options());
    run.log({{"loss", 1.0}}, 1);
    mark = run.mark(1);
    run.log({{"loss", 0.5}}, 2);
  }
  track::Run run(options(), mark);
  EXPECT_EQ(run.info().id, mark.run_id);
  EXPECT_EQ(run.info().generation, 1u);
  run.log({{"loss", 0.25}}, 2);
  run.add(tracker());
  run.finish();
  ASSERT_THAT(sink.steps(), ElementsAre(1, 2));
  EXPECT_EQ(sink.entries[1].values.number("loss"), 0.25);
}

TEST_F(RunTest, AMarkWithoutItsJournalBeginsANewRun) {
  track::Run run(options(), Mark{"20200101-000000-abcdef", 5, 8});
  EXPECT_NE(run.info().id, "20200101-000000-abcdef");
  EXPECT_THAT(notices->ids(), ElementsAre("run_not_found"));
}

TEST_F(RunTest, ARunThatAnotherProcessWritesIsRefused) {
  track::Run run(options());
  const Mark mark = run.mark(0);
  EXPECT_THAT(fakes::error_of<Error>([&] { track::Run(options(), mark); }), HasSubstr("is being written by process"));
}

TEST_F(RunTest, AJournalThatCannotBeMadeStopsNothingAndIsMadeLater) {
  const auto services = real_services();
  auto clock = std::make_unique<fakes::ManualClock>();
  fakes::ManualClock& wall = *clock;
  services->wall = std::move(clock);
  std::ofstream(folder.path() / "baton") << "in the way";
  track::Run run(options(), nullptr, services);
  run.add(tracker());
  run.params({{"args", Record{{"seed", 42}}}});
  run.log({{"loss", 1.0}}, 1);
  EXPECT_EQ(run.mark(1).run_id, run.info().id);
  EXPECT_THAT(notices->ids(), ElementsAre("journal_failed"));
  EXPECT_THAT(notices->all[0].text, AllOf(HasSubstr((folder.path() / "baton").string()), HasSubstr("goes on")));
  std::filesystem::remove(folder.path() / "baton");
  wall.advance(std::chrono::seconds(1));
  run.log({{"loss", 0.5}}, 2);
  run.finish();
  EXPECT_EQ(run_info(run.info().folder)->name, "n");
  EXPECT_THAT(kinds_of(sink.entries), ElementsAre(EntryKind::kParams, EntryKind::kLog));
  EXPECT_EQ(sink.entries[1].step, 2);
  EXPECT_EQ(sink.ended, RunStatus::kFinished);
  EXPECT_THAT(notices->ids(), ElementsAre("journal_failed", "journal_lost"));
}

TEST_F(RunTest, ATrackerThatSyncCannotKnowOfIsNamedWithTheWayOut) {
  RunOptions quick = options();
  quick.flush_seconds = 0.0;
  track::Run run(quick);
  std::ofstream(run.info().folder / "trackers") << "in the way";
  run.add(tracker());
  run.finish();
  EXPECT_EQ(notices->ids().back(), "tracker_unknown");
  EXPECT_THAT(notices->all.back().text,
              HasSubstr("fake: \"baton backfill " + folder.path().string() + " --report_to fake\""));
}

TEST_F(RunTest, AnImageThatCannotBeKeptIsANotice) {
  track::Run run(options());
  std::ofstream(run.info().folder / "images") << "in the way";
  run.image("digits", std::as_bytes(std::span(kPng)), 1);
  run.log({{"loss", 1.0}}, 1);
  EXPECT_THAT(notices->ids(), ElementsAre("image_lost:digits"));
  EXPECT_THAT(notices->all[0].text, HasSubstr((run.info().folder / "images").string()));
  EXPECT_THAT(kinds_of(entries(run)), ElementsAre(EntryKind::kBegin, EntryKind::kLog));
}

TEST_F(RunTest, AnUnknownTrackerIsAnErrorThatListsTheKnown) {
  RunOptions wrong = options();
  wrong.report_to = {"tensorbord"};
  EXPECT_THAT(fakes::error_of<ConfigError>([&] { track::Run run(wrong); }),
              testing::AllOf(HasSubstr("tensorbord"), HasSubstr("expected any of all, none")));
}

TEST_F(RunTest, HistogramsHaveThirtyBuckets) {
  track::Run run(options());
  std::vector<double> values{std::nan("")};
  for (int i = 0; i <= 300; ++i) values.push_back(i);
  run.histogram("weights", values, 4);
  const Record histogram = entries(run)[1].values;
  EXPECT_EQ(histogram.find("edges")->list()->size(), 31u);
  EXPECT_EQ(histogram.find("counts")->list()->size(), 30u);
  double count = 0;
  for (const Value& one : *histogram.find("counts")->list()) count += one.number();
  EXPECT_EQ(count, 301);
  EXPECT_EQ(histogram.number("sum"), 45150);
}

TEST_F(RunTest, AnImageHasToBeAPng) {
  track::Run run(options());
  EXPECT_THROW(run.image("x", std::as_bytes(std::span("GIF89a")), 1), ConfigError);
  run.image("x", std::as_bytes(std::span(kPng)), 1);
  const Record image = entries(run)[1].values;
  EXPECT_EQ(image.number("width"), 2);
  EXPECT_EQ(image.number("height"), 256);
  EXPECT_TRUE(std::filesystem::exists(run.info().folder / *image.find("file")->text()));
}

}  // namespace
}  // namespace baton::track
