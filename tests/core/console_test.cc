#include "baton/core/console.h"

#include "tests/fakes/fake_streams.h"
#include "tests/fakes/manual_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <string_view>
#include <thread>

namespace baton {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::SizeIs;

constexpr auto kOut = Console::Channel::kOut;
constexpr auto kErr = Console::Channel::kErr;
constexpr auto kUpper = Console::StatusLine::kUpper;
constexpr auto kLower = Console::StatusLine::kLower;

class ConsoleOnTerminal : public testing::Test {
 protected:
  fakes::ManualClock clock;
  fakes::FakeTerminal terminal{20};
  Console console{terminal, terminal, clock};
};

TEST_F(ConsoleOnTerminal, KeepsTheStatusLineBelowAllLines) {
  console.set_status(kUpper, "bar 1");
  console.write_line("first", kOut);
  console.set_status(kUpper, "bar 2");
  console.write_line("second", kErr);
  EXPECT_THAT(terminal.screen(), ElementsAre("first", "second", "bar 2"));
}

TEST_F(ConsoleOnTerminal, StacksTwoStatusLinesInTheirOrder) {
  console.set_status(kLower, "evaluating");
  console.set_status(kUpper, "training");
  console.write_line("line", kOut);
  EXPECT_THAT(terminal.screen(), ElementsAre("line", "training", "evaluating"));
  console.set_status(kUpper, "training 2");
  EXPECT_THAT(terminal.screen(), ElementsAre("line", "training 2", "evaluating"));
}

TEST_F(ConsoleOnTerminal, LeavesNothingOfALineThatWasTakenAway) {
  console.set_status(kUpper, "training");
  console.set_status(kLower, "evaluating");
  console.set_status(kLower, "");
  EXPECT_THAT(terminal.screen(), ElementsAre("training"));
  console.set_status(kUpper, "");
  EXPECT_THAT(terminal.screen(), ElementsAre(""));
  console.write_line("done", kOut);
  EXPECT_THAT(terminal.screen(), ElementsAre("done", ""));
}

TEST_F(ConsoleOnTerminal, LeavesNothingOfALongerStatus) {
  console.set_status(kUpper, "a longer text");
  console.set_status(kUpper, "short");
  EXPECT_THAT(terminal.screen(), ElementsAre("short"));
}

TEST_F(ConsoleOnTerminal, CutsAStatusToTheWidthOfTheMoment) {
  console.set_status(kUpper, "123456789012345678901234");
  EXPECT_THAT(terminal.screen(), ElementsAre("1234567890123456789"));
  terminal.resize(10);
  console.write_line("line", kOut);
  EXPECT_THAT(terminal.screen(), ElementsAre("line", "123456789"));
}

TEST_F(ConsoleOnTerminal, CountsCharactersNotBytesWhenItCuts) {
  console.set_status(kUpper, "████████████████████████");
  EXPECT_THAT(terminal.screen(), ElementsAre("███████████████████"));
}

TEST_F(ConsoleOnTerminal, WritesALongLineWhole) {
  console.set_status(kUpper, "bar");
  console.write_line("12345678901234567890abc\nnext", kOut);
  EXPECT_THAT(terminal.screen(), ElementsAre("12345678901234567890", "abc", "next", "bar"));
}

TEST_F(ConsoleOnTerminal, DoesNotLetATextSteerTheTerminal) {
  console.write_line("a\tb\r\x1b[2Jc\x7f\xc2\x9b\x9b\xff é", kOut);
  console.set_status(kUpper, "x\ny\tz");
  EXPECT_THAT(terminal.screen(), ElementsAre("a\tb??[2Jc???? é", "x?y?z"));
}

TEST_F(ConsoleOnTerminal, DrawsInOneWrite) {
  console.set_status(kUpper, "bar");
  terminal.writes = 0;
  console.set_status(kUpper, "bar 2");
  EXPECT_EQ(terminal.writes, 1);
  console.write_line("line", kErr);
  EXPECT_EQ(terminal.writes, 2);
}

TEST_F(ConsoleOnTerminal, WritesNothingForTakingAwayWhatIsNotThere) {
  console.set_status(kUpper, "");
  EXPECT_EQ(terminal.writes, 0);
}

/// A terminal that gives way in the middle of each write and counts the writes that came meanwhile.
class CrowdedTerminal final : public TextStream {
 public:
  void write(std::string_view text) noexcept override {
    if (inside_.exchange(true)) ++overlaps;
    std::this_thread::yield();
    screen.write(text);
    inside_ = false;
  }
  int columns() const noexcept override { return 20; }

  std::atomic<int> overlaps = 0;
  fakes::FakeTerminal screen{20};

 private:
  std::atomic<bool> inside_ = false;
};

TEST(Console, KeepsThreadsApart) {
  constexpr int kLinesEach = 500;
  fakes::ManualClock clock;
  CrowdedTerminal terminal;
  Console console(terminal, terminal, clock);
  std::latch start(2);
  const auto write = [&](Console::StatusLine status) {
    start.arrive_and_wait();
    for (int i = 0; i < kLinesEach; ++i) {
      console.set_status(status, "bar");
      console.write_line("line", i % 2 == 0 ? kOut : kErr);
    }
    console.set_status(status, "");
  };
  std::thread other(write, kLower);
  write(kUpper);
  other.join();
  EXPECT_EQ(terminal.overlaps, 0);
  EXPECT_THAT(terminal.screen.screen(), AllOf(SizeIs(2 * kLinesEach + 1), Contains("line").Times(2 * kLinesEach)));
}

TEST(Console, GoesToTheNextRowAtItsEndIfABarIsStillThere) {
  fakes::ManualClock clock;
  fakes::FakeTerminal terminal;
  { Console(terminal, terminal, clock).set_status(kUpper, "bar"); }
  EXPECT_THAT(terminal.screen(), ElementsAre("bar", ""));
  { Console(terminal, terminal, clock).write_line("line", kOut); }
  EXPECT_THAT(terminal.screen(), ElementsAre("bar", "line", ""));
}

TEST(Console, WritesOnlyLinesOffATerminal) {
  fakes::ManualClock clock;
  fakes::StringSink out;
  fakes::StringSink err;
  Console console(out, err, clock);
  EXPECT_FALSE(console.has_status_lines());
  console.set_status(kUpper, "bar");
  console.write_line("record", kOut);
  console.write_line("notice", kErr);
  console.set_status(kUpper, "");
  EXPECT_EQ(out.text, "record\n");
  EXPECT_EQ(err.text, "notice\n");
}

TEST(Console, LeavesTheBarAloneForLinesThatGoToAFile) {
  fakes::ManualClock clock;
  fakes::StringSink out;
  fakes::FakeTerminal err;
  Console console(out, err, clock);
  console.set_status(kUpper, "bar");
  const int writes = err.writes;
  console.write_line("record", kOut);
  EXPECT_EQ(out.text, "record\n");
  EXPECT_EQ(err.writes, writes);
}

TEST(Console, DrawsNoBarsIfOnlyTheRecordsGoToATerminal) {
  fakes::ManualClock clock;
  fakes::FakeTerminal out;
  fakes::StringSink err;
  Console console(out, err, clock);
  console.set_status(kUpper, "bar");
  EXPECT_EQ(console.status_width(), 0);
  EXPECT_EQ(err.text, "");
}

}  // namespace
}  // namespace baton
