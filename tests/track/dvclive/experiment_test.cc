#include "src/track/dvclive/experiment.h"

#include "src/base/files.h"
#include "src/track/dvclive/experiment_name.h"
#include "tests/fakes/error_of.h"
#include "tests/track/dvclive/dvclive_fixture.h"

namespace baton::track {
namespace {

const std::vector<std::string> kFiles{"dvclive/metrics.json"};

class ExperimentTest : public DVCLiveTest {
 protected:
  void SetUp() override { put("dvclive/metrics.json", "{}"); }
  std::string save(const std::string& name, ExperimentContent content) const {
    return save_experiment({folder_.path(), baseline_, name}, content);
  }
  std::string in(const std::string& commit, const std::string& file) const {
    return file_in_commit(folder_.path(), commit, file);
  }

  std::string baseline_ = make_git_repository(folder_.path());
  std::string reference_ = "refs/exps/" + baseline_.substr(0, 2) + "/" + baseline_.substr(2) + "/";
};

TEST_F(ExperimentTest, IsACommitOfWhatIsTrackedAndWhatIsNamed) {
  put("tracked.txt", "after");
  put("other.txt", "untracked");
  const std::string commit = save("it", {kFiles, "message", 5});
  EXPECT_EQ(commit_of(folder_.path(), reference_ + "it"), commit);
  EXPECT_EQ(in(commit, "tracked.txt") + in(commit, "dvclive/metrics.json") + in(commit, "other.txt"), "after{}(none)");
}

TEST_F(ExperimentTest, HeadAndIndexStayAsTheyAre) {
  const std::string index = read_file(path(".git/index"));
  save("it", {kFiles, "message", 5});
  EXPECT_EQ(commit_of(folder_.path(), "HEAD"), baseline_);
  EXPECT_EQ(read_file(path(".git/index")), index);
}

TEST_F(ExperimentTest, NamedFilesAreTakenThoughIgnored) {
  put(".gitignore", "dvclive\n");
  const std::string commit = save("it", {kFiles, "message", 5});
  EXPECT_EQ(in(commit, "dvclive/metrics.json"), "{}");
}

TEST_F(ExperimentTest, TheSameContentGivesTheSameCommitAndReplacesIt) {
  const std::string first = save("it", {kFiles, "message", 5});
  EXPECT_EQ(save("it", {kFiles, "message", 5}), first);
  put("dvclive/metrics.json", "{\"step\": 1}");
  const std::string second = save("it", {kFiles, "message", 5});
  EXPECT_NE(second, first);
  EXPECT_EQ(commit_of(folder_.path(), reference_ + "it"), second);
}

TEST_F(ExperimentTest, FilesThatAreGoneAreGoneInIt) {
  std::filesystem::remove(path("tracked.txt"));
  EXPECT_EQ(in(save("it", {kFiles, "message", 5}), "tracked.txt"), "(none)");
}

TEST_F(ExperimentTest, HeadIsFoundFromWithinAndNotElsewhere) {
  const GitHead head = git_head(path("dvclive")).value();
  EXPECT_EQ(head.commit, baseline_);
  EXPECT_TRUE(std::filesystem::equivalent(head.root, folder_.path()));
  const fakes::TemporaryFolder elsewhere;
  EXPECT_FALSE(git_head(elsewhere.path()).has_value());
}

TEST_F(ExperimentTest, ExistsAfterItWasSaved) {
  EXPECT_FALSE(experiment_exists({folder_.path(), baseline_, "it"}));
  save("it", {kFiles, "message", 5});
  EXPECT_TRUE(experiment_exists({folder_.path(), baseline_, "it"}));
}

TEST_F(ExperimentTest, ABaselineThatIsNoCommitIsAnError) {
  const Experiment nowhere{folder_.path(), std::string(40, 'a'), "it"};
  EXPECT_NE(fakes::error_of<GitError>([&] { save_experiment(nowhere, {}); }).find("aaaa"), std::string::npos);
}

TEST(ExperimentName, MustBeOnePartOfAReference) {
  for (const char* name : {"it", "quiet-otter", "run_1", "1"}) EXPECT_TRUE(is_experiment_name(name)) << name;
  for (const char* name : {"", "a/b", "a b", "a..b", "a~", ".a", "a.lock"})
    EXPECT_FALSE(is_experiment_name(name)) << name;
}

TEST(ExperimentName, IsGeneratedFromTheRunAndTheAttempt) {
  const std::string name = generated_experiment_name("run", 0);
  EXPECT_EQ(generated_experiment_name("run", 0), name);
  EXPECT_NE(generated_experiment_name("run", 1), name);
  EXPECT_TRUE(is_experiment_name(name));
  EXPECT_NE(name.find('-'), std::string::npos);
}

}  // namespace
}  // namespace baton::track
