// MLflow's own file on disks that are full, read-only, broken or in the way of somebody else: nothing is lost, nothing
// is there twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "src/base/files.h"
#include "src/track/mlflow/mlflow_sqlite.h"
#include "src/track/mlflow/mlflow_tracker.h"
#include "tests/fakes/recording_remarks.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/track/mlflow/entries.h"
#include "tests/track/mlflow/faulty_sqlite.h"

namespace baton::track {
namespace {

namespace fs = std::filesystem;
using fakes::SqliteFault;
using std::chrono::milliseconds;
using testing::HasSubstr;

class MlflowDisk : public testing::Test {
 protected:
  /// A new process.
  MlflowTracker& tracker() {
    tracker_ = std::make_unique<MlflowTracker>(std::make_unique<MlflowSqlite>(file(), milliseconds(1)),
                                               MLflowOptions{.log_artifacts = true}, "me");
    return *tracker_;
  }
  Status start() { return tracker().start(info_, remarks_, memory_); }
  Status write(std::size_t first, std::size_t count) {
    return tracker_->write(std::span(entries_).subspan(first, count)).status;
  }
  /// Does what a worker does: whatever fails for now is tried again. Says what failed.
  std::string deliver() {
    std::string reason;
    const auto again = [&](const Status& status) {
      EXPECT_TRUE(status.ok() || status.fault == Fault::kTemporary) << status.reason;
      if (!status.ok()) reason = status.reason;
      return status.fault == Fault::kTemporary && ++failures_ < 10;
    };
    tracker();
    while (again(tracker_->start(info_, remarks_, memory_))) continue;
    for (std::size_t at = 0; at < entries_.size(); at += 2) {
      while (again(write(at, 2))) continue;
    }
    while (again(tracker_->finish(RunStatus::kFinished, kStartNs))) continue;
    return reason;
  }
  fs::path file() const { return folder_.path() / "db/mlflow.db"; }
  std::string holdings() const {
    SqliteDatabase database(file(), milliseconds(1));
    return *database.text_of(
        "SELECT (SELECT group_concat(key || step || '=' || value) FROM (SELECT * FROM metrics ORDER BY key, step)) || "
        "' ' || (SELECT group_concat(key || '=' || value) FROM params) || ' ' || (SELECT group_concat(status) FROM "
        "runs)");
  }
  void begin_anew() {
    tracker_.reset();
    fs::remove_all(file().parent_path());
    memory_ = {};
    failures_ = 0;
  }
  static constexpr const char* kAll = "loss1=0.5,loss2=0.25,loss3=0.125 seed=42 FINISHED";

  const fakes::TemporaryFolder folder_;
  fakes::RecordingRemarks remarks_;
  Record memory_;
  const RunInfo info_ = run_info(folder_.path().string());
  const std::vector<Entry> entries_{entry(EntryKind::kParams, 1, 0, {{"args", Record{{"seed", 42}}}}),
                                    log_entry(2, 1, {{"loss", 0.5}}), log_entry(3, 2, {{"loss", 0.25}}),
                                    log_entry(4, 3, {{"loss", 0.125}})};
  int failures_ = 0;
  fakes::FaultySqlite disk_;
  std::unique_ptr<MlflowTracker> tracker_;
};

TEST_F(MlflowDisk, WhicheverCallFailsEverythingIsThereOnce) {
  disk_.fail(SqliteFault::kNone, 0);
  deliver();
  const std::int64_t calls = disk_.calls();
  ASSERT_GT(calls, 20);
  ASSERT_EQ(holdings(), kAll);
  for (std::int64_t call = 1; call <= calls; ++call) {
    begin_anew();
    disk_.fail(SqliteFault::kInputOutput, call);
    const std::string reason = deliver();
    EXPECT_THAT(reason, testing::AnyOf("", HasSubstr(file().string()))) << call;
    ASSERT_EQ(holdings(), kAll) << call << ": " << reason;
  }
}

TEST_F(MlflowDisk, AFullOneIsTemporaryAndLeavesNothingHalf) {
  for (std::int64_t call = 1; call <= 40; call += 3) {
    begin_anew();
    disk_.fail(SqliteFault::kFull, call);
    EXPECT_EQ(deliver(), file().string() + ": database or disk is full") << call;
    EXPECT_GE(failures_, 10);
    disk_.repair();
    EXPECT_EQ(deliver(), "");
    ASSERT_EQ(holdings(), kAll) << call;
  }
}

TEST_F(MlflowDisk, AFullOneThatGetsRoomIsGoneOnWithAtOnce) {
  ASSERT_TRUE(start().ok());
  disk_.fail(SqliteFault::kFull, 1);
  EXPECT_EQ(write(0, 2).fault, Fault::kTemporary);
  disk_.repair();
  EXPECT_TRUE(write(0, 4).ok());
  EXPECT_TRUE(tracker_->finish(RunStatus::kFinished, kStartNs).ok());
  EXPECT_EQ(holdings(), kAll);
}

TEST_F(MlflowDisk, AReadOnlyOneIsTemporaryUntilItIsWritable) {
  ASSERT_TRUE(start().ok());
  ASSERT_TRUE(write(0, 2).ok());
  disk_.fail(SqliteFault::kReadOnly, 1);
  ASSERT_EQ(start().fault, Fault::kTemporary);
  EXPECT_EQ(start().reason, file().string() + ": attempt to write a readonly database");
  disk_.repair();
  EXPECT_EQ(deliver(), "");
  EXPECT_EQ(holdings(), kAll);
}

TEST_F(MlflowDisk, AFileThatWasOpenedReadOnlyIsOpenedAgain) {
  ASSERT_TRUE(start().ok());
  disk_.fail(SqliteFault::kReadOnly, 1);
  MlflowSqlite store(file(), milliseconds(1));
  MlflowRun run;
  EXPECT_TRUE(store.open({.journal = info_.id}, run).ok());
  EXPECT_EQ(store.set_status("KILLED", std::nullopt).fault, Fault::kTemporary);
  disk_.repair();
  EXPECT_TRUE(store.set_status("KILLED", std::nullopt).ok());
}

TEST_F(MlflowDisk, WhereItCannotBeMadeTheReasonNamesTheFile) {
  std::ofstream(folder_.path() / "db") << "in the way";
  const Status in_the_way = start();
  EXPECT_EQ(in_the_way.fault, Fault::kTemporary);
  EXPECT_THAT(in_the_way.reason, HasSubstr("make the folder " + (folder_.path() / "db").string()));
  fs::remove(folder_.path() / "db");
  fs::create_directories(file());  // a folder of its name
  const Status folder = start();
  EXPECT_EQ(folder.fault, Fault::kTemporary);
  EXPECT_THAT(folder.reason, HasSubstr(file().string() + ": unable to open database file: Is a directory"));
  fs::remove(file());
  EXPECT_EQ(deliver(), "");
  EXPECT_EQ(holdings(), kAll);
}

TEST_F(MlflowDisk, AFileThatAnotherProcessWritesIsTemporary) {
  ASSERT_TRUE(start().ok());
  SqliteDatabase other(file(), milliseconds(1));
  other.execute("BEGIN IMMEDIATE");
  const Status busy = write(0, 2);
  EXPECT_EQ(busy.fault, Fault::kTemporary);
  EXPECT_EQ(busy.reason, file().string() + ": database is locked");
  other.execute("ROLLBACK");
  EXPECT_EQ(deliver(), "");
  EXPECT_EQ(holdings(), kAll);
}

TEST_F(MlflowDisk, AnArtifactThatHasNoRoomIsTemporaryAndOneThatIsGoneIsLeftOut) {
  ASSERT_TRUE(start().ok());
  const fs::path artifacts = file().parent_path() / "mlruns";
  std::ofstream(artifacts) << "in the way";
  std::ofstream(folder_.path() / "model.bin") << "weights";
  const Entry model[] = {
      entry(EntryKind::kArtifact, 1, 8, {{"name", "model"}, {"type", "file"}, {"path", "model.bin"}})};
  EXPECT_EQ(tracker_->write(model).status.fault, Fault::kTemporary);
  EXPECT_THAT(tracker_->write(model).status.reason, HasSubstr(artifacts.string()));
  fs::remove(artifacts);
  EXPECT_EQ(tracker_->write(model).stored, 1U);
  const Entry gone[] = {entry(EntryKind::kArtifact, 2, 8, {{"name", "gone"}, {"type", "file"}, {"path", "gone.bin"}})};
  EXPECT_EQ(tracker_->write(gone).status.fault, Fault::kRefused);
}

}  // namespace
}  // namespace baton::track
