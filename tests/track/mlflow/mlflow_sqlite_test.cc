// The tracker on a file of MLflow's, read back with SQL. That MLflow itself reads it: tests/vendors/mlflow.
#include "src/track/mlflow/mlflow_sqlite.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "src/base/files.h"
#include "src/track/mlflow/mlflow_tracker.h"
#include "tests/fakes/recording_remarks.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/track/mlflow/entries.h"

namespace baton::track {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

class MlflowFile : public testing::Test {
 protected:
  MlflowTracker& started(MLflowOptions options = {}) {
    auto store = std::make_unique<MlflowSqlite>(file(), milliseconds(1));
    tracker_ = std::make_unique<MlflowTracker>(std::move(store), std::move(options), "me");
    const Status status = tracker_->start(info_, remarks_, memory_);
    EXPECT_TRUE(status.ok()) << status.reason;
    return *tracker_;
  }
  fs::path file() const { return folder_.path() / "db/mlflow.db"; }
  SqliteDatabase database() const { return {file(), milliseconds(1)}; }
  /// All rows of a query of one column, joined.
  std::string rows(const std::string& query) const {
    SqliteDatabase opened = database();
    SqliteStatement statement = opened.prepare(query);
    statement.begin({});
    std::string all;
    while (statement.next()) all.append(all.empty() ? "" : " ").append(statement.text(0));
    return all;
  }

  const fakes::TemporaryFolder folder_;
  fakes::RecordingRemarks remarks_;
  Record memory_;
  RunInfo info_ = run_info(folder_.path().string());
  std::unique_ptr<MlflowTracker> tracker_;
};

TEST_F(MlflowFile, ARunIsMadeInANewFile) {
  started({.experiment_name = "mine"});
  EXPECT_EQ(rows("SELECT name || '=' || artifact_location FROM experiments"),
            "Default=" + (file().parent_path() / "mlruns/0").string() +
                " mine=" + (file().parent_path() / "mlruns/1").string());
  EXPECT_EQ(rows("SELECT name || status || start_time || user_id || experiment_id FROM runs"),
            "my runRUNNING1700000000000me1");
  EXPECT_EQ(rows("SELECT value FROM tags WHERE key = 'mlflow.runName'"), "my run");
  EXPECT_EQ(rows("SELECT length(run_uuid) FROM runs"), "32");
}

TEST_F(MlflowFile, MetricsAreKeptAsMlflowKeepsThem) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Entry entries[] = {log_entry(1, 7, {{"a", std::nan("")}, {"b", kInfinity}, {"c", -kInfinity}, {"d", 0.1}})};
  EXPECT_EQ(started().write(entries).stored, 1U);
  EXPECT_EQ(rows("SELECT key || value || is_nan FROM metrics ORDER BY key"),
            "a0.01 b1.79769313486232e+3080 c-1.79769313486232e+3080 d0.10");
  EXPECT_EQ(rows("SELECT DISTINCT step || ' ' || timestamp FROM metrics"), "7 1700000001000");
}

TEST_F(MlflowFile, TheLatestPointIsTheOneOfTheHighestStep) {
  const Entry entries[] = {log_entry(1, 5, {{"a", 1.0}}), log_entry(2, 9, {{"a", 2.0}}), log_entry(3, 8, {{"a", 3.0}})};
  EXPECT_EQ(started().write(entries).stored, 3U);
  EXPECT_EQ(rows("SELECT step || ' ' || value FROM latest_metrics"), "9 2.0");
  EXPECT_EQ(rows("SELECT count(*) FROM metrics"), "3");
}

TEST_F(MlflowFile, ThePositionIsInTheSameTransaction) {
  const Entry entries[] = {log_entry(1, 1, {{"a", 1.0}}), log_entry(2, 2, {{"a", 2.0}})};
  EXPECT_EQ(started().stored(), std::nullopt);
  EXPECT_EQ(tracker_->write(entries).stored, 2U);
  memory_ = {};  // even without it
  EXPECT_EQ(started().stored(), (Position{0, 2}));
  EXPECT_EQ(rows("SELECT count(*) FROM runs"), "1");
}

TEST_F(MlflowFile, RecordsThatComeAgainAreKeptOnce) {
  const Entry entries[] = {log_entry(1, 1, {{"a", 1.0}, {"b", std::nan("")}})};
  EXPECT_EQ(started().write(entries).stored, 1U);
  EXPECT_EQ(tracker_->write(entries).stored, 1U);
  EXPECT_EQ(rows("SELECT count(*) FROM metrics"), "2");
}

TEST_F(MlflowFile, ARewindTakesItsOwnMetricsAway) {
  const Entry entries[] = {log_entry(1, 1, {{"a", 1.0}}),
                           entry(EntryKind::kParams, 2, 0, {{"args", Record{{"p", 1}}}})};
  EXPECT_EQ(started().write(entries).stored, 2U);
  info_.id = "other";
  memory_ = {};
  EXPECT_EQ(started().write(entries).stored, 2U);
  EXPECT_EQ(tracker_->rewind_means(), RewindMeans::kRebuild);
  EXPECT_TRUE(tracker_->reset(entry(EntryKind::kRewind, 3, 0, {})).ok());
  EXPECT_EQ(rows("SELECT count(*) FROM metrics"), "1");
  EXPECT_EQ(rows("SELECT count(*) FROM latest_metrics"), "1");
  EXPECT_EQ(started().stored(), Position{});
  EXPECT_EQ(tracker_->write(entries).stored, 2U);
  EXPECT_EQ(rows("SELECT count(*) FROM metrics"), "2");
  EXPECT_EQ(rows("SELECT count(*) FROM params"), "2");
}

TEST_F(MlflowFile, AGivenRunIsNeverEmptied) {
  const Entry entries[] = {log_entry(1, 1, {{"a", 1.0}})};
  EXPECT_EQ(started().write(entries).stored, 1U);
  const std::string run_id = *memory_.find("run_id")->text();
  memory_ = {};
  info_.id = "other";
  started({.run_id = run_id});
  EXPECT_EQ(tracker_->rewind_means(), RewindMeans::kAppendOnly);
  EXPECT_TRUE(tracker_->reset(entry(EntryKind::kRewind, 3, 0, {})).ok());
  EXPECT_EQ(rows("SELECT count(*) FROM metrics"), "1");
}

TEST_F(MlflowFile, TheEndIsKept) {
  EXPECT_TRUE(started().finish(RunStatus::kFailed, kStartNs + 9'000'000).ok());
  EXPECT_EQ(rows("SELECT status || end_time FROM runs"), "FAILED1700000000009");
  memory_ = {};
  started();
  EXPECT_EQ(rows("SELECT status FROM runs"), "RUNNING");
}

TEST_F(MlflowFile, AFileThatIsInUseIsTriedAgainLater) {
  const Entry entries[] = {log_entry(1, 1, {{"a", 1.0}})};
  started();
  SqliteDatabase other = database();
  other.execute("BEGIN EXCLUSIVE");
  EXPECT_EQ(tracker_->write(entries).status.fault, Fault::kTemporary);
  other.execute("ROLLBACK");
  EXPECT_EQ(tracker_->write(entries).stored, 1U);
}

TEST_F(MlflowFile, TablesThatChangeMeanwhileAreFollowed) {
  const Entry first[] = {log_entry(1, 1, {{"a", 1.0}})}, second[] = {log_entry(2, 2, {{"a", 2.0}})};
  EXPECT_EQ(started().write(first).stored, 1U);
  database().execute("ALTER TABLE metrics RENAME TO kept");
  EXPECT_EQ(tracker_->write(second).status.fault, Fault::kTemporary) << "in the middle of a migration";
  database().execute("ALTER TABLE kept ADD COLUMN more INTEGER; ALTER TABLE kept RENAME TO metrics");
  EXPECT_EQ(tracker_->write(second).stored, 1U);
  EXPECT_EQ(rows("SELECT count(*) FROM metrics"), "2");
}

TEST_F(MlflowFile, WhatIsNoDatabaseNeedsAPerson) {
  fs::create_directories(file().parent_path());
  write_file(file(), std::string(5000, 'x'));
  MlflowSqlite store(file());
  MlflowRun run;
  const Status status = store.open({.journal = "j"}, run);
  EXPECT_EQ(status.fault, Fault::kUnusable);
  EXPECT_NE(status.reason.find(file().string()), std::string::npos) << status.reason;
}

TEST_F(MlflowFile, WhatIsNotInItNeedsAPerson) {
  MlflowSqlite store(file());
  MlflowRun run;
  EXPECT_EQ(store.open({.run_id = "absent", .journal = "j"}, run).fault, Fault::kUnusable);
  EXPECT_EQ(store.open({.journal = "j", .experiment_id = "17"}, run).fault, Fault::kUnusable);
  EXPECT_EQ(rows("SELECT count(*) FROM runs"), "0");
  database().execute("UPDATE experiments SET lifecycle_stage = 'deleted'");
  EXPECT_EQ(store.open({.journal = "j"}, run).fault, Fault::kUnusable);
}

TEST_F(MlflowFile, ArtifactsLieBesideIt) {
  fs::create_directories(folder_.path() / "out/checkpoint-8");
  write_file(folder_.path() / "out/checkpoint-8/model.bin", "weights");
  const Entry entries[] = {entry(EntryKind::kArtifact, 1, 8,
                                 {{"name", "checkpoint-8"}, {"type", "checkpoint"}, {"path", "out/checkpoint-8"}})};
  EXPECT_EQ(started({.log_artifacts = true}).write(entries).stored, 1U);
  const fs::path there = rows("SELECT artifact_uri FROM runs");
  EXPECT_EQ(there.parent_path().parent_path(), file().parent_path() / "mlruns/0");
  EXPECT_EQ(read_file(there / "checkpoint-8/model.bin"), "weights");
  fs::remove_all(folder_.path() / "out");
  EXPECT_EQ(tracker_->write(entries).stored, 1U) << "comes again after a rewind, when it may be gone";
  EXPECT_EQ(started().stored(), (Position{0, 1}));
}

TEST_F(MlflowFile, TextsAndImagesLieAmongTheArtifacts) {
  write_file(folder_.path() / "2.png", "png");
  const Entry entries[] = {entry(EntryKind::kText, 1, 8, {{"key", "what"}, {"text", "# So"}}),
                           entry(EntryKind::kImage, 2, 9, {{"key", "net/first"}, {"file", "2.png"}})};
  EXPECT_EQ(started().write(entries).stored, 2U);
  const fs::path there = rows("SELECT artifact_uri FROM runs");
  EXPECT_EQ(read_file(there / "texts/what/8.md"), "# So");
  EXPECT_EQ(read_file(there / "images/net/first/9.png"), "png");
}

}  // namespace
}  // namespace baton::track
