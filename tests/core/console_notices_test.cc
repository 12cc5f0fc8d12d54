#include "baton/core/console_notices.h"

#include "tests/fakes/fake_streams.h"
#include "tests/fakes/manual_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton {
namespace {

TEST(ConsoleNotices, WritesTheSameNoticeOnceToStderr) {
  fakes::ManualClock clock;
  fakes::StringSink out;
  fakes::StringSink err;
  ConsoleNotices notices(std::make_shared<Console>(out, err, clock));
  notices.notice({"id", "save_steps is 5"});
  notices.notice({"id", "save_steps is 5"});
  notices.notice({"id", "save_steps is 6"});
  notices.notice({"other", "save_steps is 5"});
  EXPECT_THAT(err.lines(),
              testing::ElementsAre("baton: save_steps is 5", "baton: save_steps is 6", "baton: save_steps is 5"));
  EXPECT_EQ(out.text, "");
}

}  // namespace
}  // namespace baton
