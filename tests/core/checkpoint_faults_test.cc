// Every system call of a save fails once: an older checkpoint is always there and whole.
#include "baton/core/checkpoint_folder.h"

#include "baton/core/errors.h"
#include "src/base/byte_sink.h"
#include "src/base/files.h"
#include "tests/fakes/faulty_disk.h"
#include "tests/fakes/loop_fixture.h"
#include "tests/fakes/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace baton {
namespace {

namespace fs = std::filesystem;

using fakes::DiskFault;
using fakes::FaultyDisk;
using testing::AllOf;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;

class CheckpointFaults : public testing::TestWithParam<DiskFault> {
 protected:
  /// Empty if all went well.
  std::string save(CheckpointFolder& store, std::int64_t step, const std::string& weights) {
    SavedRun run{.state = {}, .loop = LoopState{.last_logged = step}, .arguments = {{"max_steps", 9}}};
    run.state.global_step = step;
    try {
      const auto draft = store.begin(store.path_of_step(step));
      draft->add("weights", [&](ByteSink& sink) { sink.write(weights); });
      draft->commit(run);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  std::string weights(std::int64_t step) { return read_file(good_.path_of_step(step) / "weights"); }
  std::vector<std::int64_t> steps() {
    std::vector<std::int64_t> steps;
    for (const CheckpointEntry& entry : good_.list()) steps.push_back(entry.step);
    std::sort(steps.begin(), steps.end());
    return steps;
  }

  /// Fails at one call after the other until a save needs fewer calls.
  template <class Check>
  void at_every_call(std::int64_t step, Check check) {
    std::int64_t failed = 0;
    for (std::int64_t call = 1;; ++call) {
      fs::remove_all(folder_.path() / "out");
      ASSERT_EQ(save(good_, 3, "old"), "");
      const auto disk = std::make_shared<FaultyDisk>(GetParam(), call);
      CheckpointFolder store(folder_.path() / "out", disk);
      const std::string error = save(store, step, "new");
      failed += error.empty() ? 0 : 1;
      check(error);
      EXPECT_EQ(save(good_, 9, "next"), "") << "after a failure at call " << call;
      EXPECT_TRUE(good_.verify(good_.path_of_step(9)));
      if (disk->calls() < call) break;
    }
    EXPECT_EQ(failed > 10, GetParam() == DiskFault::kInputOutput || GetParam() == DiskFault::kFull) << failed;
  }

  fakes::TemporaryFolder folder_;
  CheckpointFolder good_{folder_.path() / "out"};
};

TEST_P(CheckpointFaults, ANewCheckpointIsWholeOrNotThere) {
  at_every_call(6, [&](const std::string& error) {
    EXPECT_THAT(steps(), AnyOf(ElementsAre(3), ElementsAre(3, 6)));
    EXPECT_TRUE(good_.verify(good_.path_of_step(3)));
    EXPECT_EQ(weights(3), "old");
    EXPECT_THAT(error, AnyOf("", HasSubstr("Input/output error"), HasSubstr("No space left")));
    EXPECT_TRUE(!error.empty() || steps().size() == 2) << "no error, and no checkpoint";
    EXPECT_TRUE(steps().size() == 1 || good_.verify(good_.path_of_step(6)));
  });
}

TEST_P(CheckpointFaults, OneThatIsReplacedIsWhollyOldOrWhollyNew) {
  at_every_call(3, [&](const std::string& error) {
    good_.clean_up();
    EXPECT_THAT(steps(), ElementsAre(3));
    EXPECT_TRUE(good_.verify(good_.path_of_step(3)));
    EXPECT_THAT(weights(3), AnyOf("old", "new"));
    EXPECT_TRUE(!error.empty() || weights(3) == "new") << "no error, and the old one";
  });
}

TEST_P(CheckpointFaults, OneThatIsDeletedIsWhollyThereOrGone) {
  for (std::int64_t call = 1;; ++call) {
    fs::remove_all(folder_.path() / "out");
    ASSERT_EQ(save(good_, 3, "old"), "");
    const auto disk = std::make_shared<FaultyDisk>(GetParam(), call);
    try {
      CheckpointFolder(folder_.path() / "out", disk).remove(good_.path_of_step(3));
      EXPECT_THAT(steps(), ElementsAre());
    } catch (const CheckpointError& error) {
      EXPECT_THAT(error.what(), HasSubstr("checkpoint-3 could not be deleted"));
    }
    EXPECT_TRUE(steps().empty() || good_.verify(good_.path_of_step(3)));
    good_.clean_up();
    if (disk->calls() < call) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Disk, CheckpointFaults,
                         testing::Values(DiskFault::kInputOutput, DiskFault::kShortWrite, DiskFault::kFull,
                                         DiskFault::kCannotExchange));

TEST(CheckpointFaultsInTraining, ATrainingThatCannotSaveEndsWithOneErrorAndGoesOnLater) {
  for (const bool in_background : {false, true}) {
    fakes::LoopFixture run;
    run.args.max_steps = 6;
    run.args.save_steps = 2;
    run.args.save_async = in_background;
    run.disk = std::make_shared<FaultyDisk>(DiskFault::kFull, 60);  // within the second save
    try {
      run.train();
      ADD_FAILURE() << "the disk was not full";
    } catch (const CheckpointError& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr("checkpoint-4 could not be written"), HasSubstr("No space left")));
    }
    EXPECT_THAT(run.closes(), ElementsAre(RunStatus::kFailed));
    EXPECT_THAT(run.folders(), ElementsAre("checkpoint-2"));
    run.disk = std::make_shared<Disk>();
    EXPECT_EQ(run.resume().global_step, 6);
  }
}

}  // namespace
}  // namespace baton
