#include "src/track/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "src/base/files.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::track {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class OutboxTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(checkpoint / "inner");
    std::ofstream(checkpoint / "inner" / "weights") << "123456";
  }
  Outbox outbox(std::uint64_t most_bytes = 100) const { return {run, most_bytes}; }

  fakes::TemporaryFolder folder;
  fs::path run = folder.path() / "run";
  fs::path checkpoint = folder.path() / "checkpoint-8";
};

TEST_F(OutboxTest, WhatItTookStaysThoughTheOriginalGoes) {
  const std::optional<fs::path> place = outbox().take(checkpoint, 7);
  fs::remove_all(checkpoint);
  ASSERT_TRUE(place);
  EXPECT_EQ(read_file(run / *place / "inner" / "weights"), "123456");
}

TEST_F(OutboxTest, WhatEverybodyHasGoes) {
  Outbox box = outbox();
  ASSERT_TRUE(box.take(checkpoint, 7));
  ASSERT_TRUE(box.take(checkpoint, 9));
  box.release(8);
  EXPECT_FALSE(fs::exists(run / "outbox" / "7"));
  EXPECT_TRUE(fs::exists(run / "outbox" / "9"));
}

TEST_F(OutboxTest, WhatNobodyWillAskForGoes) {
  Outbox box = outbox();
  box.drop(*box.take(checkpoint, 7));
  EXPECT_TRUE(fs::is_empty(run / "outbox"));
}

TEST_F(OutboxTest, WithoutRoomNothingIsTaken) {
  Outbox small = outbox(11);
  EXPECT_TRUE(small.take(checkpoint, 7));
  EXPECT_FALSE(small.take(checkpoint, 8));
  EXPECT_THAT(small.problem(), HasSubstr("6 of 11 bytes"));
}

TEST_F(OutboxTest, WhatCannotBeReadOrKeptIsNotTakenAndNothingIsLeftOfIt) {
  Outbox box = outbox();
  EXPECT_FALSE(box.take(folder.path() / "absent", 7));
  EXPECT_THAT(box.problem(), HasSubstr("absent"));
  EXPECT_FALSE(fs::exists(run / "outbox" / "7"));
  std::ofstream(run / "outbox" / "8") << "in the way";
  EXPECT_FALSE(box.take(checkpoint, 8));
  EXPECT_THAT(box.problem(), HasSubstr((run / "outbox" / "8").string()));
  EXPECT_TRUE(box.take(checkpoint, 9));
}

}  // namespace
}  // namespace baton::track
