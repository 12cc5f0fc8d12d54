#include "src/track/dvclive/dvclive_tracker.h"
#include "tests/fakes/faulty_disk.h"
#include "tests/track/dvclive/dvclive_fixture.h"

namespace baton::track {
namespace {

namespace fs = std::filesystem;

class DVCLiveFaultsTest : public DVCLiveTest {
 protected:
  std::vector<Entry> entries() {
    sequence_ = 0;
    put("run/last", "weights");
    put("run/image.png", "bytes");
    return {entry(EntryKind::kParams, 0, {{"args", Record{{"seed", 42}}}}),
            log(1, {{"loss", 0.5}}),
            log(1, {{"eval_loss", 0.25}, {"loss", 0.75}}),
            entry(EntryKind::kImage, 1, {{"key", "digits"}, {"file", "image.png"}}),
            log(2, {{"loss", 0.125}}),
            entry(EntryKind::kArtifact, 2, {{"name", "last"}, {"type", "model"}, {"path", "last"}})};
  }

  /// Does what a worker does: whatever fails for now is tried again. Counts the failures.
  int deliver(DVCLiveTracker& tracker, const std::vector<Entry>& all) {
    int failures = 0;
    const auto again = [&](const Status& status) {
      EXPECT_NE(status.fault, Fault::kRefused);
      EXPECT_NE(status.fault, Fault::kUnusable);
      failures += status.ok() ? 0 : 1;
      return !status.ok() && failures < 10;
    };
    while (again(tracker.start(run_, remarks_, memory_))) continue;
    for (std::size_t at = 0; at < all.size(); at += 2) {
      while (again(tracker.write(std::span(all).subspan(at, 2)).status)) continue;
    }
    while (again(tracker.finish(RunStatus::kFinished, 0))) continue;
    return failures;
  }

  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> all;
    for (const auto& item : fs::recursive_directory_iterator(path("dvclive"))) {
      const std::string name = item.path().lexically_relative(folder_.path()).string();
      if (item.is_regular_file()) all[name] = text(name);
    }
    all["dvc.yaml"] = text("dvc.yaml");
    return all;
  }

  /// As on a first start.
  void forget() {
    fs::remove_all(path("dvclive"));
    fs::remove_all(path(".dvc/cache"));
    fs::remove(path("dvc.yaml"));
    memory_ = {};
  }

  DVCLiveOptions all_options() const {
    DVCLiveOptions all = options();
    all.log_model = DVCLiveLogModel::kModel;
    return all;
  }
};

TEST_F(DVCLiveFaultsTest, WhicheverCallFailsTheFilesAreTheSameInTheEnd) {
  const std::vector<Entry> all = entries();
  Disk disk;
  DvcRepository::make(disk, folder_.path());
  auto counting = std::make_unique<fakes::FaultyDisk>(fakes::DiskFault::kNone, 0);
  const fakes::FaultyDisk& counted = *counting;
  const auto undisturbed = tracker(all_options(), std::move(counting));
  ASSERT_EQ(deliver(*undisturbed, all), 0);
  const auto expected = files();
  ASSERT_GT(counted.calls(), 50);
  for (std::int64_t call = 1; call <= counted.calls(); ++call) {
    for (const auto fault : {fakes::DiskFault::kInputOutput, fakes::DiskFault::kShortWrite}) {
      forget();
      deliver(*tracker(all_options(), std::make_unique<fakes::FaultyDisk>(fault, call)), all);
      ASSERT_EQ(files(), expected) << "call " << call;
    }
  }
}

TEST_F(DVCLiveFaultsTest, AFullDiskIsTemporaryAndTheNextProcessWritesEverything) {
  const std::vector<Entry> all = entries();
  Disk disk;
  DvcRepository::make(disk, folder_.path());
  ASSERT_EQ(deliver(*tracker(all_options(), std::make_unique<Disk>()), all), 0);
  const auto expected = files();
  for (std::int64_t call = 1; call <= 60; call += 7) {
    forget();
    auto full = std::make_unique<fakes::FaultyDisk>(fakes::DiskFault::kFull, call);
    EXPECT_GT(deliver(*tracker(all_options(), std::move(full)), all), 0);
    ASSERT_EQ(deliver(*tracker(all_options(), std::make_unique<Disk>()), all), 0);
    ASSERT_EQ(files(), expected) << "call " << call;
  }
}

TEST_F(DVCLiveFaultsTest, AFolderThatNobodyMayWriteToIsTemporary) {
  put("dvclive", "a file where the folder is to be");
  auto blocked = tracker(options(), std::make_unique<Disk>());
  const Status status = blocked->start(run_, remarks_, memory_);
  EXPECT_EQ(status.fault, Fault::kTemporary);
  EXPECT_NE(status.reason.find("dvclive"), std::string::npos);
}

}  // namespace
}  // namespace baton::track
