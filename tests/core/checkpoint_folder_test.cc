#include "baton/core/checkpoint_folder.h"

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "tests/fakes/damage.h"
#include "tests/fakes/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace baton {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class CheckpointFolderTest : public testing::Test {
 protected:
  /// A checkpoint of that step, with one file of an engine.
  void write(std::int64_t step, const std::string& weights) {
    store.write(store.path_of_step(step), run_at(step),
                [&](const fs::path& to) { write_file(to / "weights", weights); });
  }
  static SavedRun run_at(std::int64_t step) {
    SavedRun run{.state = {}, .loop = LoopState{.last_logged = step}, .arguments = {{"max_steps", 9}}};
    run.state.global_step = step;
    return run;
  }
  std::vector<std::string> names(const fs::path& in) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(in)) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  /// What the CheckpointError says that `work` has to throw.
  static std::string error_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const CheckpointError& error) {
      return error.what();
    }
    return "nothing was thrown";
  }

  fakes::TemporaryFolder folder;
  CheckpointFolder store{folder.path() / "out"};
};

TEST_F(CheckpointFolderTest, ReadsWhatItWrote) {
  write(3, "w");
  const SavedRun run = store.read(store.path_of_step(3));
  EXPECT_EQ(run.state.to_json(), run_at(3).state.to_json());
  EXPECT_EQ(run.loop, run_at(3).loop);
  EXPECT_EQ(run.arguments, run_at(3).arguments);
}

TEST_F(CheckpointFolderTest, EveryFieldOfTheLoopStateComesBack) {
  SavedRun run = run_at(1);
  run.loop = {.last_logged = 1,
              .loss_since_log = 0.1,
              .loss_total = INFINITY,
              .loss_from_step = 2,
              .nonfinite_since_log = 3,
              .nonfinite_total = 4,
              .last_learning_rate = 5e-5,
              .last_grad_norm = 0.3,
              .epoch_end_owed = true,
              .stream_epoch = 6,
              .stream_batches = 7};
  store.write(store.path_of_step(1), run, [](const fs::path&) {});
  EXPECT_EQ(store.read(store.path_of_step(1)).loop, run.loop);
}

TEST_F(CheckpointFolderTest, ANanInTheSumsComesBack) {
  SavedRun run = run_at(1);
  run.loop->loss_total = std::nan("");
  store.write(store.path_of_step(1), run, [](const fs::path&) {});
  EXPECT_TRUE(std::isnan(store.read(store.path_of_step(1)).loop->loss_total));
}

TEST_F(CheckpointFolderTest, HoldsTheThreeFilesBesideTheEngines) {
  write(3, "w");
  EXPECT_THAT(names(store.path_of_step(3)),
              ElementsAre("baton_state.json", "trainer_state.json", "training_args.json", "weights"));
}

TEST_F(CheckpointFolderTest, LeavesOutFilesThatWouldBeEmpty) {
  store.write(store.path_of_step(3), {.state = {}, .loop = {}, .arguments = {}}, [](const fs::path&) {});
  EXPECT_THAT(names(store.path_of_step(3)), ElementsAre("trainer_state.json"));
  const SavedRun run = store.read(store.path_of_step(3));
  EXPECT_EQ(run.loop, std::nullopt);
  EXPECT_TRUE(run.arguments.empty());
}

TEST_F(CheckpointFolderTest, ListsNothingBeforeTheOutputFolderExists) {
  EXPECT_THAT(store.list(), IsEmpty());
  EXPECT_FALSE(store.exists(store.path_of_step(3)));
}

TEST_F(CheckpointFolderTest, ListsFoldersOfTheExactNameOnly) {
  write(3, "w");
  write(12, "w");
  for (const char* other :
       {"checkpoint-4x", "checkpoint-", "best", "checkpoint-5.incomplete", "checkpoint-6.replaced"}) {
    fs::create_directory(folder.path() / "out" / other);
  }
  write_file(folder.path() / "out" / "checkpoint-7", "a file");
  std::vector<std::int64_t> steps;
  for (const CheckpointEntry& entry : store.list()) {
    steps.push_back(entry.step);
    EXPECT_EQ(entry.path, store.path_of_step(entry.step));
  }
  EXPECT_THAT(steps, UnorderedElementsAre(3, 12));
}

TEST_F(CheckpointFolderTest, ReplacesAnOlderCheckpointAsAWhole) {
  store.write(store.path_of_step(3), run_at(3), [](const fs::path& to) { write_file(to / "optimizer", "old"); });
  write(3, "new");
  EXPECT_THAT(names(folder.path() / "out"), ElementsAre("checkpoint-3"));
  EXPECT_FALSE(fs::exists(store.path_of_step(3) / "optimizer"));
  EXPECT_EQ(read_file(store.path_of_step(3) / "weights"), "new");
}

TEST_F(CheckpointFolderTest, AnUnfinishedWriteLeavesTheOldCheckpointAndNothingElse) {
  write(3, "old");
  const std::string error = error_of([&] {
    store.write(store.path_of_step(3), run_at(3), [](const fs::path& to) {
      write_file(to / "weights", "half");
      throw std::runtime_error("the disk is full");
    });
  });
  EXPECT_THAT(error, AllOf(HasSubstr("checkpoint-3 could not be written"), HasSubstr("the disk is full")));
  EXPECT_THAT(names(folder.path() / "out"), ElementsAre("checkpoint-3"));
  EXPECT_EQ(read_file(store.path_of_step(3) / "weights"), "old");
}

TEST_F(CheckpointFolderTest, IsNotThereBeforeItIsWhole) {
  store.write(store.path_of_step(3), run_at(3), [&](const fs::path& to) {
    EXPECT_NE(to, store.path_of_step(3));
    EXPECT_TRUE(fs::is_directory(to));
    EXPECT_FALSE(store.exists(store.path_of_step(3)));
    EXPECT_THAT(store.list(), IsEmpty());
  });
  EXPECT_TRUE(store.exists(store.path_of_step(3)));
}

TEST_F(CheckpointFolderTest, WhatACrashLeftIsOverwritten) {
  const fs::path incomplete = folder.path() / "out" / "checkpoint-3.incomplete";
  fs::create_directories(incomplete);
  write_file(incomplete / "optimizer", "of the crashed run");
  fs::create_directories(folder.path() / "out" / "checkpoint-3.replaced");
  write(3, "w");
  EXPECT_THAT(names(folder.path() / "out"), ElementsAre("checkpoint-3"));
  EXPECT_FALSE(fs::exists(store.path_of_step(3) / "optimizer"));
}

TEST_F(CheckpointFolderTest, APlaceThatCannotBeWrittenToIsOneClearError) {
  write_file(folder.path() / "out", "a file where the folder should be");
  const std::string error = error_of([&] { write(3, "w"); });
  EXPECT_THAT(error, AllOf(HasSubstr(store.path_of_step(3).string()), HasSubstr("could not be written")));
}

TEST_F(CheckpointFolderTest, RemovesAWholeFolderAndDoesNotMindAnAbsentOne) {
  write(3, "w");
  store.remove(store.path_of_step(3));
  EXPECT_FALSE(store.exists(store.path_of_step(3)));
  EXPECT_NO_THROW(store.remove(store.path_of_step(3)));
}

TEST_F(CheckpointFolderTest, TheBestModelsPlaceIsNoCheckpoint) {
  store.write(store.path_of_best(), run_at(5), [](const fs::path&) {});
  EXPECT_EQ(store.path_of_best(), folder.path() / "out" / "best");
  EXPECT_TRUE(store.exists(store.path_of_best()));
  EXPECT_THAT(store.list(), IsEmpty());
}

TEST_F(CheckpointFolderTest, WithoutAStateFileItCannotBeRead) {
  write(3, "w");
  fs::remove(store.path_of_step(3) / "trainer_state.json");
  EXPECT_THAT(error_of([&] { store.read(store.path_of_step(3)); }), HasSubstr("checkpoint-3/trainer_state.json"));
}

struct DamagedFile {
  const char* name;
  const char* content;
  const char* complaint;
};

TEST_F(CheckpointFolderTest, AFileThatCannotBeUsedIsNamed) {
  const DamagedFile damaged[] = {
      {"trainer_state.json", "{", "trainer_state.json"},
      {"trainer_state.json", "[]", "trainer_state.json"},
      {"trainer_state.json", R"({"global_step": "three"})", "global_step"},
      {"baton_state.json", "", "baton_state.json"},
      {"baton_state.json", "[]", "expected a JSON object"},
      {"baton_state.json", "{}", "\"format\" is missing"},
      {"baton_state.json", R"({"format": 99})", "format 99 is not known"},
      {"baton_state.json", R"({"format": 1, "epoch_end_owed": 1})", "\"epoch_end_owed\" is not true or false"},
      {"baton_state.json", R"({"format": 1, "epoch_end_owed": true, "last_logged": 0.5})",
       "\"last_logged\" is not an integer"},
      {"training_args.json", "3", "training_args.json"},
  };
  for (const DamagedFile& file : damaged) {
    write(3, "w");
    write_file(store.path_of_step(3) / file.name, file.content);
    EXPECT_THAT(error_of([&] { store.read(store.path_of_step(3)); }), HasSubstr(file.complaint)) << file.content;
  }
}

TEST_F(CheckpointFolderTest, AnyDamageToTheLoopStateIsACheckpointErrorOrHarmless) {
  write(3, "w");
  const fs::path file = store.path_of_step(3) / "baton_state.json";
  const int refused = fakes::count_refused_damage<CheckpointError>(read_file(file), [&](const std::string& damaged) {
    write_file(file, damaged);
    store.read(store.path_of_step(3));
  });
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace baton
