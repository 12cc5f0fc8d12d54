#include "src/track/mlflow/git_commit.h"

#include <gtest/gtest.h>

#include "src/base/files.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::track {
namespace {

namespace fs = std::filesystem;

class GitCommit : public testing::Test {
 protected:
  void write(const char* file, const std::string& content) const {
    fs::create_directories((folder_.path() / file).parent_path());
    write_file(folder_.path() / file, content);
  }
  std::string found() const { return git_commit_around(folder_.path() / "build/bin/train"); }

  const fakes::TemporaryFolder folder_;
  const std::string commit_ = "0123456789abcdef0123456789abcdef01234567";
  const std::string other_ = "fedcba9876543210fedcba9876543210fedcba98";
};

TEST_F(GitCommit, IsThatOfTheBranch) {
  write(".git/HEAD", "ref: refs/heads/main\n");
  EXPECT_EQ(found(), "") << "no commit yet";
  write(".git/packed-refs", "# packed\n" + other_ + " refs/heads/mainly\n" + commit_ + " refs/heads/main\n");
  EXPECT_EQ(found(), commit_);
  write(".git/refs/heads/main", other_ + "\n");
  EXPECT_EQ(found(), other_);
}

TEST_F(GitCommit, IsFoundWithoutABranch) {
  write(".git/HEAD", commit_ + "\n");
  EXPECT_EQ(found(), commit_);
}

TEST_F(GitCommit, IsFoundInAWorkingTreeOfItsOwn) {
  write("build/.git", "gitdir: ../main/.git/worktrees/build\n");
  write("main/.git/worktrees/build/HEAD", "ref: refs/heads/other\n");
  write("main/.git/worktrees/build/commondir", "../..\n");
  write("main/.git/refs/heads/other", commit_ + "\n");
  EXPECT_EQ(found(), commit_);
}

TEST_F(GitCommit, DamageIsNoCommit) {
  write(".git/HEAD", "nonsense\n");
  EXPECT_EQ(found(), "");
  EXPECT_EQ(git_commit_around(""), "");
}

}  // namespace
}  // namespace baton::track
