// What every tracker promises whatever it writes to, seen through a reader of its files: nothing is lost, nothing comes
// twice, wherever a process ended. Those that need a server have tests of their own.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "src/base/files.h"
#include "src/track/dvclive/dvclive_tracker.h"
#include "src/track/journal/writer.h"
#include "src/track/metrics.h"
#include "src/track/mlflow/mlflow_sqlite.h"
#include "src/track/mlflow/mlflow_tracker.h"
#include "src/track/run_status.h"
#include "src/track/tensorboard/event_files.h"
#include "src/track/tensorboard/event_reader.h"
#include "src/track/tensorboard/tensorboard_tracker.h"
#include "src/track/worker.h"
#include "tests/fakes/fake_tracker.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/mortal_tracker.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::track {
namespace {

namespace fs = std::filesystem;

/// Steps and values, in the order of the sink.
using Curve = std::vector<std::pair<std::int64_t, double>>;

/// What outlives a process: files, or a fake's sink.
struct Place {
  fs::path folder;
  fakes::FakeSink sink{};
};

/// It tells its position, without which a process that dies between a write and its note would write again.
std::unique_ptr<Tracker> make_fake(Place& place) {
  place.sink.tells_position = true;
  return std::make_unique<fakes::FakeTracker>(place.sink);
}

std::unique_ptr<Tracker> make_fake_that_rebuilds(Place& place) {
  place.sink.means = RewindMeans::kRebuild;
  return make_fake(place);
}

Curve fake_curve(const Place& place, const std::string& key) {
  Curve curve;
  for (const Entry& entry : place.sink.entries) {
    if (entry.values.find(key)) curve.emplace_back(entry.step, entry.values.number(key));
  }
  return curve;
}

std::string fake_end(const Place& place) {
  return place.sink.ended ? std::string(run_status_name(*place.sink.ended)) : "";
}

std::unique_ptr<Tracker> make_tensorboard_in(Place& place) {
  return std::make_unique<TensorBoardTracker>(TensorBoardSetup{.logging_dir = place.folder / "tb"});
}

std::vector<tensorboard::FileEvent> events_in(const Place& place) {
  std::vector<tensorboard::FileEvent> events;
  for (const fs::path& file : tensorboard::event_files(place.folder / "tb", ".r")) {
    for (tensorboard::FileEvent& event : tensorboard::read_event_file(file).events) events.push_back(std::move(event));
  }
  return events;
}

Curve tensorboard_curve(const Place& place, const std::string& key) {
  Curve curve;
  for (const tensorboard::FileEvent& event : events_in(place)) {
    if (event.tag == prefixed_key(key)) curve.emplace_back(event.step, event.value.number());
  }
  return curve;
}

std::string tensorboard_end(const Place& place) {
  std::string end;
  for (const tensorboard::FileEvent& event : events_in(place)) {
    const Value* status = event.value.record() ? event.value.record()->find("status") : nullptr;
    if (status) end = status->number() == 1.0 ? "success" : "failure";
  }
  return end;
}

fs::path mlflow_file(const Place& place) { return place.folder / "mlflow.db"; }

std::unique_ptr<Tracker> make_mlflow_in(Place& place) {
  auto store = std::make_unique<MlflowSqlite>(mlflow_file(place), std::chrono::milliseconds(1000));
  return std::make_unique<MlflowTracker>(std::move(store), MLflowOptions{}, "me");
}

Curve mlflow_curve(const Place& place, const std::string& key) {
  SqliteDatabase database(mlflow_file(place), std::chrono::milliseconds(1000));
  SqliteStatement rows = database.prepare("SELECT step, value FROM metrics WHERE key = ? ORDER BY step");
  rows.begin({key});
  Curve curve;
  while (rows.next()) curve.emplace_back(rows.integer(0), std::stod(rows.text(1)));
  return curve;
}

std::string mlflow_end(const Place& place) {
  SqliteDatabase database(mlflow_file(place), std::chrono::milliseconds(1000));
  return database.text_of("SELECT group_concat(status) FROM runs").value_or("");
}

std::unique_ptr<Tracker> make_dvclive_in(Place& place) {
  return std::make_unique<DVCLiveTracker>(
      DVCLiveOptions{.dir = place.folder / "dvclive", .dvcyaml = place.folder / "dvc.yaml", .save_dvc_exp = false},
      std::make_unique<Disk>());
}

Curve dvclive_curve(const Place& place, const std::string& key) {
  const std::string name = key == "eval_loss" ? "eval/loss" : key;
  const fs::path file = place.folder / "dvclive/plots/metrics" / (name + ".tsv");
  if (!fs::exists(file)) return {};
  std::istringstream lines(read_file(file));
  std::string line;
  std::getline(lines, line);  // names of the columns
  Curve curve;
  while (std::getline(lines, line)) {
    curve.emplace_back(std::stoll(line), std::stod(line.substr(line.find('\t') + 1)));
  }
  return curve;
}

struct Kind {
  std::string name;
  std::unique_ptr<Tracker> (*make)(Place&);
  Curve (*curve)(const Place&, const std::string& key);
  std::string (*end)(const Place&);
  std::map<RunStatus, std::string> ends;  ///< what end() says

  friend void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }
};

std::string no_end(const Place&) { return ""; }

const std::map<RunStatus, std::string> kOwnNames{
    {RunStatus::kFinished, "finished"}, {RunStatus::kFailed, "failed"}, {RunStatus::kKilled, "killed"}};

const Kind kKinds[] = {
    {"Fake", make_fake, fake_curve, fake_end, kOwnNames},
    {"FakeThatRebuilds", make_fake_that_rebuilds, fake_curve, fake_end, kOwnNames},
    {"TensorBoard",
     make_tensorboard_in,
     tensorboard_curve,
     tensorboard_end,
     {{RunStatus::kFinished, "success"}, {RunStatus::kFailed, "failure"}, {RunStatus::kKilled, "failure"}}},
    {"Mlflow",
     make_mlflow_in,
     mlflow_curve,
     mlflow_end,
     {{RunStatus::kFinished, "FINISHED"}, {RunStatus::kFailed, "FAILED"}, {RunStatus::kKilled, "KILLED"}}},
    {"Dvclive", make_dvclive_in, dvclive_curve, no_end, {}},  // its files do not tell how a run ended
};

class EveryTracker : public testing::TestWithParam<Kind> {
 protected:
  std::unique_ptr<Tracker> make() { return GetParam().make(place); }
  Curve curve(const std::string& key = "loss") const { return GetParam().curve(place, key); }
  std::string end() const { return GetParam().end(place); }
  std::string end_of(RunStatus status) const { return GetParam().ends.empty() ? "" : GetParam().ends.at(status); }

  /// A process that logs these steps; after the first one it resumes at `from`.
  void log(std::vector<std::int64_t> steps, std::optional<RunStatus> end = std::nullopt, std::int64_t from = -1,
           double factor = 0.5) {
    JournalWriter writer(folder, disk, wall);
    if (from >= 0) writer.append(EntryKind::kRewind, from, {});
    writer.append(EntryKind::kBegin, 0, {{"run_id", "r"}});
    if (from < 0) writer.append(EntryKind::kParams, 0, {{"args", Record{{"learning_rate", 0.1}}}});
    for (const std::int64_t step : steps) {
      wall.advance(std::chrono::seconds(1));
      writer.append(EntryKind::kLog, step, {{"loss", static_cast<double>(step) * factor}});
    }
    if (end) writer.append(EntryKind::kFinish, 0, {{"status", std::string(run_status_name(*end))}});
  }

  /// A process that delivers until there is nothing to do, or it crashes.
  Standing deliver() {
    Worker worker({.run = info,
                   .tracker = std::make_unique<fakes::MortalTracker>(make(), fate),
                   .key = "it",
                   .remarks = remarks,
                   .disk = disk,
                   .random = [] { return 1.0; }});
    Progress progress;
    std::int64_t now = 0;
    do {
      progress = worker.step(now);
      now = std::max(now, progress.next_ns);
    } while (progress.standing == Standing::kBehind || progress.standing == Standing::kWaiting);
    return progress.standing;
  }

  /// Values of log().
  static Curve line(const std::vector<std::int64_t>& steps, double factor = 0.5) {
    Curve curve;
    for (const std::int64_t step : steps) curve.emplace_back(step, static_cast<double>(step) * factor);
    return curve;
  }

  void begin_anew() {
    fs::remove_all(place.folder);
    fs::create_directories(place.folder);
    fate = {};
    place.sink = {};
  }

  fakes::TemporaryFolder temporary;
  fs::path folder = temporary.path() / "place/run";
  RunInfo info{.id = "r", .output_dir = temporary.path() / "place", .folder = folder};
  Disk disk;
  fakes::ManualClock wall;
  fakes::RecordingRemarks remarks;
  Place place{temporary.path() / "place"};
  fakes::MortalTracker::Fate fate;
};

INSTANTIATE_TEST_SUITE_P(All, EveryTracker, testing::ValuesIn(kKinds),
                         [](const auto& kind) { return kind.param.name; });

TEST_P(EveryTracker, MayBeStartedAndFinishedTwice) {
  const auto tracker = make();
  Record memory;
  EXPECT_TRUE(tracker->start(info, remarks, memory).ok());
  EXPECT_TRUE(tracker->start(info, remarks, memory).ok()) << "as after a fault";
  const std::vector<Entry> entries{{EntryKind::kParams, 0, 1, 1, 0, {{"args", Record{{"learning_rate", 0.1}}}}},
                                   {EntryKind::kLog, 0, 2, 1, 3, {{"loss", 1.5}}}};
  EXPECT_EQ(tracker->write(entries).stored, 2U);
  EXPECT_TRUE(tracker->finish(RunStatus::kFinished, 2).ok());
  EXPECT_TRUE(tracker->finish(RunStatus::kFinished, 2).ok());
  EXPECT_EQ(curve(), line({3}));
  EXPECT_EQ(end(), end_of(RunStatus::kFinished));
}

TEST_P(EveryTracker, KeepsEachStepOnceInBatchesOfAnySize) {
  for (const std::size_t size : {1U, 2U, 1000U}) {
    begin_anew();
    fate.most_at_once = size;
    log({1, 2, 3, 4, 5}, RunStatus::kFinished);
    EXPECT_EQ(deliver(), Standing::kDone);
    EXPECT_EQ(curve(), line({1, 2, 3, 4, 5})) << size;
  }
}

TEST_P(EveryTracker, GoesOnInEachProcessWhereTheLastOneWas) {
  for (const std::int64_t step : {1, 2, 3}) {
    log({step}, std::nullopt, step > 1 ? step - 1 : -1);
    EXPECT_EQ(deliver(), Standing::kIdle);
  }
  EXPECT_EQ(deliver(), Standing::kIdle) << "with nothing new";
  EXPECT_EQ(curve(), line({1, 2, 3}));
}

TEST_P(EveryTracker, HasEverythingOnceAfterACrashAtAnyMoment) {
  int crash = 0;
  do {
    begin_anew();
    fate.most_at_once = 2;
    fate.crash_at = ++crash;
    log({1, 2, 3, 4, 5}, RunStatus::kFinished);
    const Standing first = deliver();
    if (fate.grave.empty()) break;
    EXPECT_EQ(first, Standing::kStopped);
    EXPECT_EQ(deliver(), Standing::kDone) << "moment " << crash;
    EXPECT_EQ(curve(), line({1, 2, 3, 4, 5})) << "moment " << crash;
    EXPECT_EQ(end(), end_of(RunStatus::kFinished)) << "moment " << crash;
  } while (true);
  EXPECT_GT(crash, 8) << "start, stored, three writes and an end have a moment before and after each";
}

TEST_P(EveryTracker, HasEverythingOnceAfterACrashAtAnyMomentOfAResume) {
  int crash = 0;
  do {
    begin_anew();
    log({1, 2, 3, 4});
    EXPECT_EQ(deliver(), Standing::kIdle);
    log({3, 4, 5, 6}, RunStatus::kFailed, 2);
    fate = {.most_at_once = 2, .crash_at = ++crash};
    deliver();
    if (fate.grave.empty()) break;
    EXPECT_EQ(deliver(), Standing::kDone) << "moment " << crash;
    EXPECT_EQ(curve(), line({1, 2, 3, 4, 5, 6})) << "moment " << crash;
    EXPECT_EQ(end(), end_of(RunStatus::kFailed)) << "moment " << crash;
  } while (true);
  EXPECT_GT(crash, 8);
}

TEST_P(EveryTracker, HasEverythingOnceAfterAFaultOfAnyCall) {
  int faults = 0;
  for (int moment = 1; moment < 20; ++moment) {
    begin_anew();
    fate = {.most_at_once = 2, .fail_at = moment};
    log({1, 2, 3, 4, 5}, RunStatus::kFailed);
    EXPECT_EQ(deliver(), Standing::kDone) << "moment " << moment;
    EXPECT_EQ(curve(), line({1, 2, 3, 4, 5})) << "moment " << moment;
    EXPECT_EQ(end(), end_of(RunStatus::kFailed)) << "moment " << moment;
    if (fate.has_failed) ++faults;
  }
  EXPECT_GT(faults, 4) << "of start, three writes and an end";
}

TEST_P(EveryTracker, TakesAResumesValuesWhereItCanBeRewound) {
  log({1, 2, 3, 4});
  EXPECT_EQ(deliver(), Standing::kIdle);
  log({3, 4, 5}, RunStatus::kFinished, 2, 0.25);
  EXPECT_EQ(deliver(), Standing::kDone);
  Curve expected = line({1, 2, 3, 4});
  if (make()->rewind_means() == RewindMeans::kRebuild) expected = {{1, 0.5}, {2, 1.0}, {3, 0.75}, {4, 1.0}};
  expected.emplace_back(5, 1.25);
  EXPECT_EQ(curve(), expected);
}

TEST_P(EveryTracker, TellsHowARunEnded) {
  for (const RunStatus status : {RunStatus::kFinished, RunStatus::kFailed, RunStatus::kKilled}) {
    begin_anew();
    log({1, 2}, status);
    EXPECT_EQ(deliver(), Standing::kDone);
    EXPECT_EQ(end(), end_of(status));
    EXPECT_EQ(curve(), line({1, 2}));
  }
}

TEST_P(EveryTracker, TakesARunWithoutRecords) {
  log({}, RunStatus::kFinished);
  EXPECT_EQ(deliver(), Standing::kDone);
  EXPECT_EQ(curve(), Curve{});
  EXPECT_EQ(end(), end_of(RunStatus::kFinished));
}

TEST_P(EveryTracker, TakesAnEvaluationWithoutTraining) {
  JournalWriter writer(folder, disk, wall);
  writer.append(EntryKind::kBegin, 0, {{"run_id", "r"}});
  writer.append(EntryKind::kLog, 0, {{"eval_loss", 0.5}});
  writer.append(EntryKind::kFinish, 0, {{"status", "finished"}});
  EXPECT_EQ(deliver(), Standing::kDone);
  EXPECT_EQ(curve("eval_loss"), (Curve{{0, 0.5}}));
  EXPECT_EQ(curve(), Curve{});
}

}  // namespace
}  // namespace baton::track
