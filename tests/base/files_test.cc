#include "src/base/files.h"

#include "tests/fakes/error_of.h"
#include "tests/fakes/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <string>

namespace baton {
namespace {

namespace fs = std::filesystem;

using fakes::error_of;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class FilesTest : public testing::Test {
 protected:
  fakes::TemporaryFolder folder;
  fs::path file = folder.path() / "file";
  Disk disk;
};

TEST_F(FilesTest, WhatIsWrittenIsReadBack) {
  std::string every_byte;
  for (int i = 0; i < 1024; ++i) every_byte.push_back(static_cast<char>(i));
  for (const std::string& content : {std::string(), std::string("line\r\nline\n"), every_byte}) {
    write_file(file, content);
    EXPECT_EQ(read_file(file), content);
  }
}

TEST_F(FilesTest, AFileLargerThanABlockIsReadWhole) {
  std::string content;
  for (int i = 0; i < 40000; ++i) content += std::to_string(i);
  write_file(file, content);
  EXPECT_EQ(read_file(file), content);
}

TEST_F(FilesTest, AnExistingFileIsReplaced) {
  write_file(file, "a long text");
  write_file(file, "short");
  EXPECT_EQ(read_file(file), "short");
}

TEST_F(FilesTest, WhatCannotBeReadIsNamedWithTheReason) {
  EXPECT_THAT(error_of<FileError>([&] { read_file(file); }),
              AllOf(StartsWith("Cannot read " + file.string()), HasSubstr("No such file")));
  EXPECT_THAT(error_of<FileError>([&] { read_file(folder.path()); }), HasSubstr("Is a directory"));
}

TEST_F(FilesTest, WhatCannotBeWrittenIsNamedWithTheReason) {
  const fs::path nowhere = folder.path() / "absent" / "file";
  EXPECT_THAT(error_of<FileError>([&] { write_file(nowhere, ""); }),
              AllOf(StartsWith("Cannot write " + nowhere.string()), HasSubstr("No such file")));
}

TEST_F(FilesTest, AFullDiskIsAnError) {
  EXPECT_THAT(error_of<FileError>([] { write_file("/dev/full", "x"); }), HasSubstr("No space left"));
}

TEST_F(FilesTest, FilesAndFoldersCanBeSynced) {
  write_file(file, "x");
  EXPECT_NO_THROW(sync_path(disk, file));
  EXPECT_NO_THROW(sync_path(disk, folder.path()));
  EXPECT_THAT(error_of<FileError>([&] { sync_path(disk, folder.path() / "absent"); }), StartsWith("Cannot sync"));
}

}  // namespace
}  // namespace baton
