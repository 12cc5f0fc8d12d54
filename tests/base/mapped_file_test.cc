#include "src/base/mapped_file.h"

#include <gtest/gtest.h>

#include <string>

#include "src/base/files.h"
#include "tests/fakes/temporary_folder.h"

namespace baton {
namespace {

TEST(MappedFile, ShowsTheContentOfAFile) {
  const fakes::TemporaryFolder folder;
  write_file(folder.path() / "file", std::string(10000, 'a') + "b");
  const MappedFile file(folder.path() / "file");
  EXPECT_EQ(file.bytes().size(), 10001U);
  EXPECT_EQ(file.bytes().back(), std::byte{'b'});
}

TEST(MappedFile, AnEmptyFileHasNoBytes) {
  const fakes::TemporaryFolder folder;
  write_file(folder.path() / "file", "");
  EXPECT_TRUE(MappedFile(folder.path() / "file").bytes().empty());
}

TEST(MappedFile, RefusesWhatIsNoFile) {
  const fakes::TemporaryFolder folder;
  EXPECT_THROW(MappedFile(folder.path() / "absent"), FileError);
  EXPECT_THROW(MappedFile{folder.path()}, FileError);
}

}  // namespace
}  // namespace baton
