#include "baton/core/checkpoint_folder.h"

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/core/manifest.h"
#include "tests/fakes/damage.h"
#include "tests/fakes/error_of.h"
#include "tests/fakes/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace baton {
namespace {

namespace fs = std::filesystem;

using fakes::error_of;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class CheckpointFolderTest : public testing::Test {
 protected:
  /// A checkpoint of that step, with one file of an engine.
  void write(std::int64_t step, const std::string& weights) {
    write(store.path_of_step(step), run_at(step), {{"weights", weights}});
  }
  void write(const fs::path& checkpoint, const SavedRun& run, const std::map<std::string, std::string>& files = {}) {
    const auto draft = store.begin(checkpoint);
    for (const auto& [name, content] : files) add(*draft, name, content);
    draft->commit(run);
  }
  static void add(CheckpointDraft& draft, const std::string& name, const std::string& content) {
    draft.add(name, [&](ByteSink& sink) { sink.write(content); });
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
  static void write_file_unsynced(const fs::path& file, const std::string& content) {
    std::ofstream(file, std::ios::binary) << content;
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
  write(store.path_of_step(1), run);
  EXPECT_EQ(store.read(store.path_of_step(1)).loop, run.loop);
}

TEST_F(CheckpointFolderTest, ANanInTheSumsComesBack) {
  SavedRun run = run_at(1);
  run.loop->loss_total = std::nan("");
  write(store.path_of_step(1), run);
  EXPECT_TRUE(std::isnan(store.read(store.path_of_step(1)).loop->loss_total));
}

TEST_F(CheckpointFolderTest, HoldsFourFilesBesideTheEngines) {
  write(3, "w");
  EXPECT_THAT(names(store.path_of_step(3)),
              ElementsAre("baton_state.json", "manifest.json", "trainer_state.json", "training_args.json", "weights"));
}

TEST_F(CheckpointFolderTest, LeavesOutFilesThatWouldBeEmpty) {
  write(store.path_of_step(3), {.state = {}, .loop = {}, .arguments = {}});
  EXPECT_THAT(names(store.path_of_step(3)), ElementsAre("manifest.json", "trainer_state.json"));
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
  write(store.path_of_step(3), run_at(3), {{"optimizer", "old"}});
  write(3, "new");
  EXPECT_THAT(names(folder.path() / "out"), ElementsAre("checkpoint-3"));
  EXPECT_FALSE(fs::exists(store.path_of_step(3) / "optimizer"));
  EXPECT_EQ(read_file(store.path_of_step(3) / "weights"), "new");
}

TEST_F(CheckpointFolderTest, ADraftThatIsNotCommittedLeavesTheOldCheckpointAndNothingElse) {
  write(3, "old");
  {
    const auto draft = store.begin(store.path_of_step(3));
    add(*draft, "weights", "half");
  }
  EXPECT_THAT(names(folder.path() / "out"), ElementsAre("checkpoint-3"));
  EXPECT_EQ(read_file(store.path_of_step(3) / "weights"), "old");
}

TEST_F(CheckpointFolderTest, IsNotThereBeforeItIsWhole) {
  const auto draft = store.begin(store.path_of_step(3));
  add(*draft, "weights", "w");
  EXPECT_NE(draft->folder(), store.path_of_step(3));
  EXPECT_FALSE(store.exists(store.path_of_step(3)));
  EXPECT_THAT(store.list(), IsEmpty());
  draft->commit(run_at(3));
  EXPECT_TRUE(store.verify(store.path_of_step(3)));
}

TEST_F(CheckpointFolderTest, FilesPutIntoTheFolderByOtherMeansAreVouchedForToo) {
  const auto draft = store.begin(store.path_of_step(3));
  fs::create_directory(draft->folder() / "tokenizer");
  write_file(draft->folder() / "tokenizer" / "vocab.txt", "a b");
  draft->commit(run_at(3));
  EXPECT_TRUE(store.verify(store.path_of_step(3)));
  write_file(store.path_of_step(3) / "tokenizer" / "vocab.txt", "a c");
  EXPECT_THAT(error_of<CheckpointError>([&] { store.verify(store.path_of_step(3)); }),
              HasSubstr("vocab.txt is damaged"));
}

TEST_F(CheckpointFolderTest, AFileOfANameThatIsBatonsOwnIsRefused) {
  for (const char* name : {"manifest.json", "trainer_state.json", "baton_state.json", "training_args.json"}) {
    const auto draft = store.begin(store.path_of_step(3));
    write_file(draft->folder() / name, "{}");
    EXPECT_THROW(draft->commit(run_at(3)), Error) << name;
    EXPECT_FALSE(store.exists(store.path_of_step(3))) << name;
  }
}

TEST_F(CheckpointFolderTest, CleanUpRemovesWhatCrashesLeaveAndNothingElse) {
  write(3, "w");
  const fs::path out = folder.path() / "out";
  for (const char* left :
       {"checkpoint-4.incomplete", "checkpoint-3.deleted", "best.incomplete", "checkpoint-3.replaced",
        "checkpoint-8.replaced", "mine.incomplete", "checkpoint-x.deleted"}) {
    fs::create_directory(out / left);
    write_file(out / left / "file", left);
  }
  store.clean_up();
  EXPECT_THAT(names(out), ElementsAre("checkpoint-3", "checkpoint-8", "checkpoint-x.deleted", "mine.incomplete"))
      << "checkpoint-8 was to be replaced by one that never came";
  EXPECT_NO_THROW(CheckpointFolder(folder.path() / "absent").clean_up());
}

TEST_F(CheckpointFolderTest, WithoutItsManifestItIsNotWhole) {
  write(3, "w");
  fs::remove(store.path_of_step(3) / "manifest.json");
  EXPECT_THAT(error_of<CheckpointError>([&] { store.verify(store.path_of_step(3)); }), HasSubstr("There is no"));
  fs::remove(store.path_of_step(3) / "baton_state.json");
  EXPECT_FALSE(store.verify(store.path_of_step(3))) << "as the reference writes it: nothing tells";
}

TEST_F(CheckpointFolderTest, EveryCutAndEveryFlippedBitOfEveryFileIsFound) {
  write(3, "w");
  for (const std::string& name : names(store.path_of_step(3))) {
    const fs::path file = store.path_of_step(3) / name;
    const std::string good = read_file(file);
    const int refused = fakes::count_refused_damage<CheckpointError>(good, [&](const std::string& damaged) {
      write_file_unsynced(file, damaged);
      store.verify(store.path_of_step(3));
    });
    const bool is_manifest = name == "manifest.json";  // a flip in it may be a change of white space
    EXPECT_GE(refused, static_cast<int>(good.size() * 9 * (is_manifest ? 8 : 10) / 10)) << name;
    write_file(file, good);
  }
}

TEST_F(CheckpointFolderTest, AManifestMayNotNameFilesElsewhere) {
  write(3, "w");
  for (const char* name : {"../other", "/etc/passwd", ""}) {
    write_file(store.path_of_step(3) / "manifest.json", Manifest{{{name, 0, 0}}}.to_json());
    EXPECT_THAT(error_of<CheckpointError>([&] { store.verify(store.path_of_step(3)); }),
                HasSubstr("is no file of the checkpoint"));
  }
}

TEST_F(CheckpointFolderTest, WhatACrashLeftIsOverwritten) {
  const fs::path incomplete = folder.path() / "out" / "checkpoint-3.incomplete";
  fs::create_directories(incomplete);
  write_file(incomplete / "optimizer", "of the crashed run");
  write(3, "w");
  EXPECT_THAT(names(folder.path() / "out"), ElementsAre("checkpoint-3"));
  EXPECT_FALSE(fs::exists(store.path_of_step(3) / "optimizer"));
}

TEST_F(CheckpointFolderTest, APlaceThatCannotBeWrittenToIsOneClearError) {
  write_file(folder.path() / "out", "a file where the folder should be");
  EXPECT_THROW(write(3, "w"), FileError);
}

TEST_F(CheckpointFolderTest, RemovesAWholeFolderAndDoesNotMindAnAbsentOne) {
  write(3, "w");
  store.remove(store.path_of_step(3));
  EXPECT_FALSE(store.exists(store.path_of_step(3)));
  EXPECT_NO_THROW(store.remove(store.path_of_step(3)));
}

TEST_F(CheckpointFolderTest, TheBestModelsPlaceIsNoCheckpoint) {
  write(store.path_of_best(), run_at(5));
  EXPECT_EQ(store.path_of_best(), folder.path() / "out" / "best");
  EXPECT_TRUE(store.exists(store.path_of_best()));
  EXPECT_THAT(store.list(), IsEmpty());
}

TEST_F(CheckpointFolderTest, WithoutAStateFileItCannotBeRead) {
  write(3, "w");
  fs::remove(store.path_of_step(3) / "trainer_state.json");
  EXPECT_THAT(error_of<CheckpointError>([&] { store.read(store.path_of_step(3)); }),
              HasSubstr("checkpoint-3/trainer_state.json"));
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
    EXPECT_THAT(error_of<CheckpointError>([&] { store.read(store.path_of_step(3)); }), HasSubstr(file.complaint))
        << file.content;
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
