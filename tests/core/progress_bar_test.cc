#include "baton/core/progress_bar.h"

#include "tests/fakes/fake_streams.h"
#include "tests/fakes/manual_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace baton {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class BarOnTerminal : public testing::Test {
 protected:
  std::string bottom() const { return terminal.screen().back(); }

  fakes::ManualClock clock;
  fakes::FakeTerminal terminal;
  Console console{terminal, terminal, clock};
};

TEST_F(BarOnTerminal, IsDrawnAtOnceAndThenNotMoreOftenThanTheInterval) {
  ProgressBar bar(console, {.label = "work", .total = 10});
  EXPECT_THAT(bottom(), AllOf(StartsWith("work   0%|"), EndsWith("| 0/10 [00:00<?, ? steps/s]")));
  clock.advance(99ms);
  bar.advance_to(1);
  EXPECT_THAT(bottom(), HasSubstr(" 0/10 "));
  clock.advance(1ms);
  bar.advance_to(2);
  EXPECT_THAT(bottom(), HasSubstr(" 2/10 [00:00<00:00, 20.0 steps/s]"));
}

TEST_F(BarOnTerminal, LeavesItsLastStateOnTheScreenOrNothing) {
  {
    ProgressBar kept(console, {.label = "kept", .total = 2});
    ProgressBar passing(console, {.label = "passing", .total = 2, .keep = false, .line = Console::StatusLine::kLower});
    kept.advance_to(2);
    passing.advance_to(2);
  }
  EXPECT_THAT(terminal.screen(), ElementsAre(AllOf(StartsWith("kept 100%|#"), HasSubstr(" 2/2 ")), ""));
}

TEST_F(BarOnTerminal, IsLeftOnceHoweverOftenItIsClosed) {
  ProgressBar bar(console, {.label = "work", .total = 2});
  bar.close();
  bar.close();
  clock.advance(1s);
  bar.advance_to(2);
  EXPECT_THAT(terminal.screen(), ElementsAre(HasSubstr("0/2"), ""));
}

TEST_F(BarOnTerminal, CountsRateAndTimeLeftFromItsStart) {
  ProgressBar bar(console, {.label = "work", .total = 20, .start = 7});
  EXPECT_EQ(bar.position(), 0);
  EXPECT_THAT(bottom(), HasSubstr(" 7/20 ")) << "where the work begins, before the first step";
  clock.advance(2s);
  bar.advance_to(8);
  EXPECT_THAT(bottom(), HasSubstr(" 8/20 [00:02<00:24, 2.00 s/step]"));
}

TEST_F(BarOnTerminal, ShowsTheNoteFromTheNextDrawingOn) {
  ProgressBar bar(console, {.label = "w"});
  bar.set_note("loss 0.5");
  clock.advance(1s);
  bar.advance_to(3);
  EXPECT_EQ(bottom(), "w 3 steps [00:01, 3.00 steps/s, loss 0.5]");
}

TEST_F(BarOnTerminal, IsDrawnAtOnceOnRequestUnlessItIsClosed) {
  ProgressBar bar(console, {.label = "work", .total = 10});
  bar.advance_to(1);
  bar.refresh();
  EXPECT_THAT(bottom(), HasSubstr(" 1/10 "));
  bar.close();
  bar.refresh();
  EXPECT_EQ(bottom(), "");
}

TEST_F(BarOnTerminal, ReadsTheClockOnceAStep) {
  ProgressBar bar(console, {.label = "work", .total = 10});
  clock.reads = 0;
  bar.advance_to(1);
  EXPECT_EQ(clock.reads, 1);
}

class BarInFile : public testing::Test {
 protected:
  /// Twenty steps a second.
  void work(ProgressBar& bar, std::int64_t from, std::int64_t to) {
    for (std::int64_t i = from; i < to; ++i) {
      clock.advance(50ms);
      bar.advance_to(i + 1);
    }
  }

  fakes::ManualClock clock;
  fakes::StringSink out;
  fakes::StringSink err;
  Console console{out, err, clock};
};

TEST_F(BarInFile, WritesTheFirstAndTheLastStateOfAShortRun) {
  {
    ProgressBar bar(console, {.label = "work", .total = 100});
    work(bar, 0, 100);
  }
  EXPECT_THAT(err.lines(),
              ElementsAre("work   0% 0/100 [00:00<?, ? steps/s]", "work 100% 100/100 [00:05<00:00, 20.0 steps/s]"));
}

TEST_F(BarInFile, WritesNoMoreThanALineAnInterval) {
  {
    ProgressBar bar(console, {.label = "work", .total = 500});
    work(bar, 0, 500);
  }
  EXPECT_THAT(err.lines(), ElementsAre(HasSubstr(" 0/500 "), HasSubstr(" 200/500 "), HasSubstr(" 400/500 "),
                                       HasSubstr(" 500/500 ")));
}

TEST_F(BarInFile, WritesNoMoreThanALineEveryTwentiethOfTheTotal) {
  {
    ProgressBar bar(console, {.label = "work", .total = 100000});
    work(bar, 0, 100000);
  }
  EXPECT_EQ(err.lines().size(), 21u);
  EXPECT_THAT(err.lines()[1], HasSubstr("  5% 5000/100000 "));
}

TEST_F(BarInFile, GoesByTimeAloneWithoutATotal) {
  ProgressBar bar(console, {.label = "work"});
  work(bar, 0, 450);
  EXPECT_THAT(err.lines(), ElementsAre(HasSubstr("0 steps"), HasSubstr("200 steps"), HasSubstr("400 steps")));
}

TEST_F(BarInFile, WritesAStateOnce) {
  {
    ProgressBar bar(console, {.label = "work", .total = 200});
    work(bar, 0, 200);
  }
  EXPECT_THAT(err.lines(), ElementsAre(HasSubstr(" 0/200 "), HasSubstr(" 200/200 ")));
}

TEST_F(BarInFile, WritesNothingOfAShortPassingBarAndSomethingOfALongOne) {
  {
    ProgressBar bar(console, {.label = "work", .total = 100, .keep = false});
    work(bar, 0, 100);
  }
  EXPECT_THAT(err.lines(), IsEmpty());
  {
    ProgressBar bar(console, {.label = "work", .total = 300, .keep = false});
    work(bar, 0, 300);
  }
  EXPECT_THAT(err.lines(), ElementsAre(HasSubstr(" 200/300 ")));
}

TEST_F(BarInFile, WritesNothingOnRequest) {
  ProgressBar bar(console, {.label = "work", .total = 10});
  bar.refresh();
  EXPECT_EQ(err.lines().size(), 1u);
}

TEST_F(BarInFile, HoldsNoControlCharacters) {
  {
    ProgressBar bar(console, {.label = "work", .total = 500});
    work(bar, 0, 500);
  }
  for (const char c : err.text) EXPECT_TRUE(c == '\n' || c >= ' ') << int(c);
}

}  // namespace
}  // namespace baton
