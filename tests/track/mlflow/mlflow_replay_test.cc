// A run replayed to MLflow through outages, lost answers and killed processes is the same as one without.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "src/track/journal/writer.h"
#include "src/track/mlflow/mlflow_rest.h"
#include "src/track/mlflow/mlflow_sqlite.h"
#include "src/track/mlflow/mlflow_tracker.h"
#include "src/track/run_status.h"
#include "src/track/worker.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/recording_remarks.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/track/mlflow/entries.h"
#include "tests/track/mlflow/fake_mlflow.h"

namespace baton::track {
namespace {

namespace fs = std::filesystem;

/// A run of 60 steps that was resumed at step 25 after it had come to step 40.
class MlflowReplay : public testing::TestWithParam<unsigned> {
 protected:
  void log(std::int64_t first, std::int64_t last, bool is_resume, bool ends) {
    JournalWriter writer(info_.folder, disk_, wall_);
    if (is_resume) writer.append(EntryKind::kRewind, first - 1, {});
    writer.append(EntryKind::kBegin, 0, {{"run_id", info_.id}});
    writer.append(EntryKind::kParams, 0, {{"args", Record{{"seed", 42}}}});
    for (std::int64_t step = first; step <= last; ++step) {
      wall_.advance(std::chrono::milliseconds(1));
      writer.append(EntryKind::kLog, step, {{"loss", 1.0 / static_cast<double>(step)}, {"epoch", step}});
    }
    if (ends) writer.append(EntryKind::kFinish, last, {{"status", std::string(run_status_name(RunStatus::kFinished))}});
  }
  /// Processes, each of which may be killed between any two steps and forget what it has just noted; the last is not.
  template <class MakeStore>
  void deliver(const MakeStore& make_store) {
    for (int process = 0; process < 6; ++process) {
      Worker worker({.run = info_,
                     .tracker = std::make_unique<MlflowTracker>(make_store(), MLflowOptions{}, "me"),
                     .key = "mlflow",
                     .remarks = remarks_,
                     .disk = disk_,
                     .random = [] { return 1.0; }});
      const int steps = process == 5 ? 1000 : chance(8);
      for (int step = 0; step < steps; ++step) {
        const fs::path note = info_.folder / "trackers/mlflow.json", kept = folder_.path() / "kept";
        if (fs::exists(note)) fs::copy(note, kept, fs::copy_options::overwrite_existing);
        const Progress progress = worker.step(now_ns_ += 1'000'000'000'000);
        if (process < 5 && chance(4) == 0 && fs::exists(kept)) {
          fs::copy(kept, note, fs::copy_options::overwrite_existing);
          break;
        }
        if (progress.standing == Standing::kDone || progress.standing == Standing::kIdle) break;
      }
    }
  }
  template <class MakeStore>
  void replay(const MakeStore& make_store) {
    log(1, 40, false, false);
    deliver(make_store);
    log(26, 60, true, true);
    deliver(make_store);
  }
  int chance(int sides) { return std::uniform_int_distribution<int>(0, sides - 1)(random_); }

  const fakes::TemporaryFolder folder_;
  RunInfo info_ = run_info((folder_.path() / "run").string());
  Disk disk_;
  fakes::ManualClock wall_;
  fakes::RecordingRemarks remarks_;
  std::int64_t now_ns_ = 0;
  std::mt19937 random_{GetParam()};
};

TEST_P(MlflowReplay, AFileHoldsEveryRecordOnce) {
  const fs::path file = folder_.path() / "mlflow.db";
  replay([&] { return std::make_unique<MlflowSqlite>(file); });
  SqliteDatabase database(file, std::chrono::milliseconds(1));
  for (const char* key : {"loss", "epoch"}) {
    EXPECT_EQ(database.text_of("SELECT count(*) || ' ' || count(DISTINCT step) || ' ' || max(step) FROM metrics "
                               "WHERE key = ?",
                               {key}),
              "60 60 60");
  }
  EXPECT_EQ(database.text_of("SELECT count(*) || max(status) FROM runs"), "1FINISHED");
}

TEST_P(MlflowReplay, AServerHoldsEveryRecordOnce) {
  FakeMlflow server;
  server.fault = [&](std::size_t) -> std::optional<net::HttpResult> {
    server.does_what_it_denies = chance(2) == 0;
    if (chance(3) > 0) return std::nullopt;
    return chance(2) == 0 ? http_answer(503) : net::HttpResult{net::TransportError::kTruncated, "cut off", {}};
  };
  replay([&] { return std::make_unique<MlflowRest>(server.http(), MlflowServer{.base = "http://mlflow"}); });
  ASSERT_EQ(server.runs.size(), 1U);
  std::map<std::string, std::set<std::int64_t>> steps;
  for (const auto& [key, step, time, value] : server.run().metrics) {
    EXPECT_TRUE(steps[key].insert(step).second) << key << " twice at step " << step;
  }
  EXPECT_EQ(steps["loss"].size(), 60U);
  EXPECT_EQ(steps["epoch"].size(), 60U);
  EXPECT_EQ(server.run().status, "FINISHED");
}

INSTANTIATE_TEST_SUITE_P(Seeds, MlflowReplay, testing::Range(0U, 20U));

}  // namespace
}  // namespace baton::track
