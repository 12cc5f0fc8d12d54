#include "src/track/dvclive/dvc_repository.h"

#include <unistd.h>

#include "tests/track/dvclive/dvclive_fixture.h"

namespace baton::track {
namespace {

class DvcRepositoryTest : public DVCLiveTest {
 protected:
  Disk disk_;
};

TEST_F(DvcRepositoryTest, IsFoundFromWithin) {
  EXPECT_FALSE(DvcRepository::find(path("a/b")).has_value());
  DvcRepository::make(disk_, folder_.path());
  EXPECT_EQ(DvcRepository::find(path("a/b")).value().root(), std::filesystem::canonical(folder_.path()));
  EXPECT_EQ(text(".dvc/.gitignore"), "/config.local\n/tmp\n/cache\n");
}

TEST_F(DvcRepositoryTest, SettingsMayMoveTheCache) {
  put(".dvc/config",
      "['remote \"s3\"']\n    dir = no\n[cache]\n    type = copy\n    dir = ../shared\n[core]\n    dir = no\n");
  EXPECT_EQ(DvcRepository::find(folder_.path())->cache_file("0123").lexically_normal(),
            std::filesystem::canonical(folder_.path()) / "shared/files/md5/01/23");
  put(".dvc/config.local", "[cache]\ndir = /elsewhere\n");
  EXPECT_EQ(DvcRepository::find(folder_.path())->cache_file("0123"), "/elsewhere/files/md5/01/23");
}

TEST_F(DvcRepositoryTest, MarksTellOfARunningExperimentAndGo) {
  const DvcRepository repository = DvcRepository::make(disk_, folder_.path());
  const std::string pid = std::to_string(::getpid());
  repository.mark_started(disk_, "quiet-otter");
  repository.mark_step(disk_, 12);
  EXPECT_EQ(text(kMarks + "/DVCLIVE_ONLY"), R"({"exp_name": "quiet-otter", "pid": )" + pid + "}");
  EXPECT_EQ(text(kMarks + "/DVCLIVE_STEP_COMPLETED"), R"({"pid": )" + pid + R"(, "step": 12})");
  repository.remove_marks(disk_);
  EXPECT_TRUE(std::filesystem::is_empty(path(kMarks)));
}

}  // namespace
}  // namespace baton::track
