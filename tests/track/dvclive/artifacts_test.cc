#include "src/track/dvclive/artifacts.h"

#include "src/base/files.h"
#include "src/track/dvclive/md5.h"
#include "tests/track/dvclive/dvclive_fixture.h"

namespace baton::track {
namespace {

namespace fs = std::filesystem;

class ArtifactsTest : public DVCLiveTest {
 protected:
  void keep(const std::string& source, const std::string& target) {
    keep_artifact(disk_, repository_, path(source), path(target));
  }

  Disk disk_;
  DvcRepository repository_ = DvcRepository::make(disk_, folder_.path());
};

TEST(Md5, IsThatOfRfc1321) {
  EXPECT_EQ(Md5::of(""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(Md5::of("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST(ArtifactNames, AreFileNamesAndDvcTakesSome) {
  EXPECT_EQ(artifact_file_name("my model/v1.pt"), "my-model-v1.pt");
  EXPECT_EQ(artifact_file_name("../x"), "artifact..-x");
  EXPECT_TRUE(is_artifact_name("checkpoint-8"));
  for (const char* name : {"", "-a", "a-", "a.b", "a b"}) EXPECT_FALSE(is_artifact_name(name)) << name;
}

TEST_F(ArtifactsTest, AFileIsCopiedCachedAndPointedTo) {
  put("out/m.bin", "abc");
  keep("out/m.bin", "dvclive/artifacts/m.bin");
  EXPECT_EQ(text("dvclive/artifacts/m.bin"), "abc");
  EXPECT_EQ(text(".dvc/cache/files/md5/90/0150983cd24fb0d6963f7d28e17f72"), "abc");
  EXPECT_EQ(text("dvclive/artifacts/m.bin.dvc"),
            "outs:\n- md5: 900150983cd24fb0d6963f7d28e17f72\n  size: 3\n  hash: md5\n  path: m.bin\n");
  EXPECT_EQ(text("dvclive/artifacts/.gitignore"), "/m.bin\n");
}

TEST_F(ArtifactsTest, AFolderIsAListOfItsFiles) {
  put("out/b.txt", "abc");
  put("out/a/z.txt", "");
  keep("out", "dvclive/artifacts/last");
  const std::string list = R"([{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "a/z.txt"}, )"
                           R"({"md5": "900150983cd24fb0d6963f7d28e17f72", "relpath": "b.txt"}])";
  const std::string md5 = Md5::of(list);
  EXPECT_EQ(read_file(repository_.cache_file(md5 + ".dir")), list);
  EXPECT_EQ(text("dvclive/artifacts/last.dvc"),
            "outs:\n- md5: " + md5 + ".dir\n  size: 3\n  nfiles: 2\n  hash: md5\n  path: last\n");
}

TEST_F(ArtifactsTest, WhatWasThereIsReplacedAndIgnoredOnce) {
  put("one/old.txt", "old");
  put("two/new.txt", "new");
  keep("one", "dvclive/artifacts/last");
  keep("two", "dvclive/artifacts/last");
  EXPECT_EQ(text("dvclive/artifacts/last/old.txt") + text("dvclive/artifacts/last/new.txt"), "(none)new");
  EXPECT_EQ(text("dvclive/artifacts/.gitignore"), "/last\n");
}

TEST_F(ArtifactsTest, NobodyCanWriteToTheCache) {
  put("m.bin", "abc");
  keep("m.bin", "dvclive/artifacts/m.bin");
  const fs::path cached = repository_.cache_file(Md5::of("abc"));
  EXPECT_EQ(fs::status(cached).permissions(), fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
  keep("m.bin", "dvclive/artifacts/again.bin");
  EXPECT_EQ(read_file(cached), "abc");
}

}  // namespace
}  // namespace baton::track
