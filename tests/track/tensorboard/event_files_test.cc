#include "src/track/tensorboard/event_files.h"

#include <gtest/gtest.h>

#include "src/base/files.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::tensorboard {
namespace {

TEST(EventFiles, ANameHasItsPartsInOrder) {
  const EventFileName name = {.host = "box", .pid = 12};
  EXPECT_EQ(event_file_stem(name, 1'700'000'000'999'999'999), "events.out.tfevents.1700000000.box.12");
  EXPECT_EQ(event_file_stem(name, 5'000'000'000), "events.out.tfevents.0000000005.box.12");
}

TEST(EventFiles, ANameIsNotBeforeAnother) {
  const EventFileName name = {.not_before = 9, .host = "box", .pid = 12};
  EXPECT_EQ(event_file_stem(name, 5'000'000'000), "events.out.tfevents.0000000009.box.12");
  EXPECT_EQ(event_file_seconds("runs/" + event_file_stem(name, 0) + ".0.run"), 9);
  EXPECT_EQ(event_file_seconds("runs/my.tfevents.12"), 0);
}

TEST(EventFiles, ThoseOfAFolderAreSortedAndChosenByTheirEnd) {
  const fakes::TemporaryFolder folder;
  for (const char* name :
       {"events.out.tfevents.2.a", "events.out.tfevents.1.a", "events.out.tfevents.3.b", "notes.a"}) {
    write_file(folder.path() / name, "");
  }
  EXPECT_EQ(event_files(folder.path()).size(), 3U);
  const auto chosen = event_files(folder.path(), ".a");
  ASSERT_EQ(chosen.size(), 2U);
  EXPECT_EQ(chosen[0].filename(), "events.out.tfevents.1.a");
  EXPECT_TRUE(event_files(folder.path() / "none").empty());
}

}  // namespace
}  // namespace baton::tensorboard
