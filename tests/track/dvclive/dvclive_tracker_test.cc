#include "src/track/dvclive/dvclive_tracker.h"

#include "src/track/dvclive/experiment.h"
#include "tests/track/dvclive/dvclive_fixture.h"

namespace baton::track {
namespace {

class DVCLiveTrackerTest : public DVCLiveTest {
 protected:
  /// The folder is a git repository from here on.
  void use_git() { baseline_ = make_git_repository(folder_.path()); }
  std::string experiment(const std::string& name) const {
    return commit_of(folder_.path(), "refs/exps/" + baseline_.substr(0, 2) + "/" + baseline_.substr(2) + "/" + name);
  }
  std::string in_experiment(const std::string& name, const std::string& file) const {
    return file_in_commit(folder_.path(), experiment(name), file);
  }
  DVCLiveOptions with_models(DVCLiveLogModel log_model) const {
    DVCLiveOptions all = options();
    all.log_model = log_model;
    return all;
  }
  Entry artifact(const std::string& name, const std::string& type) {
    return entry(EntryKind::kArtifact, 8, {{"name", name}, {"type", type}, {"path", name}, {"metadata", Record{}}});
  }

  std::string baseline_;
};

TEST_F(DVCLiveTrackerTest, FilesAreThereAfterEachWrite) {
  const auto tracker = started();
  feed(*tracker, entry(EntryKind::kParams, 0, {{"args", Record{{"seed", 42}}}}));
  EXPECT_EQ(text("dvc.yaml"), "params:\n- dvclive/params.yaml\n");
  feed(*tracker, log(5, {{"loss", 0.5}}));
  EXPECT_EQ(text("dvclive/metrics.json"), "{\n    \"loss\": 0.5,\n    \"step\": 5\n}\n");
  EXPECT_EQ(text("dvc.yaml"),
            "params:\n- dvclive/params.yaml\nmetrics:\n- dvclive/metrics.json\n"
            "plots:\n- dvclive/plots/metrics:\n    x: step\n");
}

TEST_F(DVCLiveTrackerTest, EntriesWithoutAPlaceCountAsStored) {
  const auto tracker = started();
  for (const EntryKind kind : {EntryKind::kText, EntryKind::kHistogram, EntryKind::kNotice, EntryKind::kPredict}) {
    feed(*tracker, entry(kind, 1, {{"key", "x"}}));
  }
  EXPECT_EQ(tracker->stored(), (Position{0, sequence_}));
  EXPECT_FALSE(std::filesystem::exists(path("dvc.yaml")));
}

TEST_F(DVCLiveTrackerTest, AnotherProcessBeginsAnewAndSaysSo) {
  feed(*started(), log(1, {{"loss", 0.5}}));
  const auto next = started();
  EXPECT_EQ(next->stored(), Position{});
  EXPECT_EQ(text("dvclive/metrics.json"), "(none)");
}

TEST_F(DVCLiveTrackerTest, ResetForgetsEverything) {
  const auto tracker = started();
  const Entry first = log(1, {{"loss", 0.5}});
  feed(*tracker, first);
  feed(*tracker, log(2, {{"undone", 0.5}}));
  ASSERT_TRUE(tracker->reset(entry(EntryKind::kRewind, 1, {})).ok());
  feed(*tracker, first);
  EXPECT_EQ(text("dvclive/metrics.json"), "{\n    \"loss\": 0.5,\n    \"step\": 1\n}\n");
  EXPECT_EQ(text("dvclive/plots/metrics/undone.tsv"), "(none)");
}

TEST_F(DVCLiveTrackerTest, WithoutGitOnlyFilesAreWrittenWithARemark) {
  const auto tracker = started();
  feed(*tracker, log(1, {{"loss", 0.5}}));
  EXPECT_TRUE(tracker->finish(RunStatus::kFinished, 0).ok());
  EXPECT_NE(remarks_.all["dvclive_git"].find("lies in no git repository"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(path(".dvc")));
}

TEST_F(DVCLiveTrackerTest, TheRunBecomesAnExperimentHoweverItEnded) {
  use_git();
  for (const auto status : {RunStatus::kFinished, RunStatus::kFailed, RunStatus::kKilled}) {
    memory_ = {};
    run_.name = "run" + std::to_string(static_cast<int>(status));
    const auto tracker = started();
    feed(*tracker, log(1, {{"loss", 0.5}}));
    ASSERT_TRUE(tracker->finish(status, 7'000'000'000).ok());
    EXPECT_EQ(in_experiment(run_.name, "dvclive/plots/metrics/loss.tsv"), "step\tloss\n1\t0.5\n");
    EXPECT_EQ(in_experiment(run_.name, "dvc.yaml"), text("dvc.yaml"));
  }
}

TEST_F(DVCLiveTrackerTest, ANameThatIsTakenGivesAnotherAndKeepsTheFirst) {
  use_git();
  for (const char* run : {"one", "two"}) {
    memory_ = {};
    run_.id = run;
    run_.name = "same";
    const auto tracker = started();
    feed(*tracker, log(1, {{run, 0.5}}));
    ASSERT_TRUE(tracker->finish(RunStatus::kFinished, 0).ok());
  }
  EXPECT_EQ(in_experiment("same", "dvclive/plots/metrics/one.tsv"), "step\tone\n1\t0.5\n");
  const std::string second = *memory_.find("experiment")->text();
  EXPECT_EQ(in_experiment(second, "dvclive/plots/metrics/two.tsv"), "step\ttwo\n1\t0.5\n");
  EXPECT_TRUE(remarks_.all.contains("dvclive_name"));
}

TEST_F(DVCLiveTrackerTest, AResumedRunReplacesItsExperiment) {
  use_git();
  ASSERT_TRUE(started()->finish(RunStatus::kKilled, 0).ok());
  const std::string name = *memory_.find("experiment")->text();
  const auto resumed = started();
  feed(*resumed, log(1, {{"loss", 0.5}}));
  ASSERT_TRUE(resumed->finish(RunStatus::kFinished, 0).ok());
  EXPECT_EQ(*memory_.find("experiment")->text(), name);
  EXPECT_EQ(experiment(name), *memory_.find("commit")->text());
}

TEST_F(DVCLiveTrackerTest, MarksStandWhileItRunsAndOldOnesGo) {
  use_git();
  put(kMarks + "/DVCLIVE_STEP_COMPLETED", "of a process that was killed");
  const auto tracker = started();
  EXPECT_NE(text(kMarks + "/DVCLIVE_ONLY"), "(none)");
  EXPECT_EQ(text(kMarks + "/DVCLIVE_STEP_COMPLETED"), "(none)");
  feed(*tracker, log(3, {{"loss", 0.5}}));
  EXPECT_NE(text(kMarks + "/DVCLIVE_STEP_COMPLETED").find("\"step\": 3"), std::string::npos);
  ASSERT_TRUE(tracker->finish(RunStatus::kFinished, 0).ok());
  EXPECT_TRUE(std::filesystem::is_empty(path(kMarks)));
}

TEST_F(DVCLiveTrackerTest, WithinAPipelineDvcSavesTheExperiment) {
  use_git();
  DVCLiveOptions inside = options();
  inside.pipeline_root = folder_.path();
  ASSERT_TRUE(started(inside)->finish(RunStatus::kFinished, 0).ok());
  EXPECT_EQ(memory_, Record{});
}

TEST_F(DVCLiveTrackerTest, ADvcYamlOfAnotherKindStaysWithARemark) {
  put("dvc.yaml", "params: [mine.yaml]\n");
  feed(*started(), log(1, {{"loss", 0.5}}));
  EXPECT_NE(text("dvc.yaml"), "(none)");
  EXPECT_FALSE(remarks_.all.contains("dvclive_yaml"));  // it has a list in brackets, but none that must grow
  const auto next = started();
  feed(*next, entry(EntryKind::kParams, 0, {{"args", Record{{"seed", 42}}}}));
  EXPECT_EQ(text("dvc.yaml").substr(0, 20), "params: [mine.yaml]\n");
  EXPECT_TRUE(remarks_.all.contains("dvclive_yaml"));
}

TEST_F(DVCLiveTrackerTest, ModelsAreKeptAndCheckpointsOnlyWithAll) {
  use_git();
  for (const char* name : {"last", "checkpoint-8"}) put(std::string("run/") + name + "/w.bin", name);
  const auto models = started(with_models(DVCLiveLogModel::kModel));
  feed(*models, artifact("last", "model"));
  feed(*models, artifact("checkpoint-8", "checkpoint"));
  EXPECT_EQ(text("dvclive/artifacts/last/w.bin"), "last");
  EXPECT_EQ(text("dvclive/artifacts/checkpoint-8.dvc"), "(none)");
  EXPECT_EQ(text("dvc.yaml"), "artifacts:\n  last:\n    path: dvclive/artifacts/last\n    type: model\n");
  const auto all = started(with_models(DVCLiveLogModel::kAll));
  feed(*all, artifact("checkpoint-8", "checkpoint"));
  EXPECT_EQ(text("dvclive/artifacts/checkpoint-8/w.bin"), "checkpoint-8");
}

TEST_F(DVCLiveTrackerTest, AnArtifactThatWasKeptIsListedAgainWhenItsSourceIsGone) {
  use_git();
  put("run/last/w.bin", "weights");
  const Entry model = artifact("last", "model");
  feed(*started(with_models(DVCLiveLogModel::kModel)), model);
  std::filesystem::remove_all(path("run"));
  const auto next = started(with_models(DVCLiveLogModel::kModel));
  feed(*next, model);
  EXPECT_EQ(text("dvclive/artifacts/last/w.bin"), "weights");
  EXPECT_NE(text("dvc.yaml").find("last"), std::string::npos);
  feed(*next, artifact("never-there", "model"));
  EXPECT_TRUE(remarks_.all.contains("dvclive_artifact:never-there"));
}

TEST_F(DVCLiveTrackerTest, AnExperimentLeavesTheContentOfArtifactsToTheCache) {
  use_git();
  put("run/last/w.bin", "weights");
  const auto tracker = started(with_models(DVCLiveLogModel::kModel));
  feed(*tracker, artifact("last", "model"));
  ASSERT_TRUE(tracker->finish(RunStatus::kFinished, 0).ok());
  const std::string name = *memory_.find("experiment")->text();
  EXPECT_EQ(in_experiment(name, "dvclive/artifacts/last/w.bin"), "(none)");
  EXPECT_EQ(in_experiment(name, "dvclive/artifacts/last.dvc"), text("dvclive/artifacts/last.dvc"));
}

}  // namespace
}  // namespace baton::track
