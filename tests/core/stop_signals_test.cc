#include "baton/core/stop_signals.h"

#include <gtest/gtest.h>

#include "baton/core/errors.h"

namespace baton {
namespace {

void (*handler_of(int signal))(int) {
  struct sigaction action {};
  ::sigaction(signal, nullptr, &action);
  return action.sa_handler;
}

void do_nothing(int) {}

/// Somebody listens for as long as it lives.
struct Heard {
  Heard() { signals.begin_listening(); }
  ~Heard() { signals.end_listening(); }
  StopSignals signals;
};

TEST(StopSignals, KeepsTheFirstSignalForTheOneWhoListens) {
  const Heard heard;
  EXPECT_EQ(heard.signals.signal(), 0);
  ::raise(SIGTERM);
  EXPECT_EQ(heard.signals.signal(), SIGTERM);
}

TEST(StopSignals, HandlesAnInterruptToo) {
  const Heard heard;
  ::raise(SIGINT);
  EXPECT_EQ(heard.signals.signal(), SIGINT);
}

TEST(StopSignals, IsSilentAfterTheAnswer) {
  Heard heard;
  ::raise(SIGTERM);
  heard.signals.answer();
  EXPECT_EQ(heard.signals.signal(), 0);
}

TEST(StopSignals, RestoresWhatWasThereBefore) {
  const auto before = std::signal(SIGTERM, do_nothing);
  {
    const StopSignals signals;
    EXPECT_NE(handler_of(SIGTERM), do_nothing);
  }
  EXPECT_EQ(handler_of(SIGTERM), do_nothing);
  std::signal(SIGTERM, before);
}

TEST(StopSignals, LeavesIgnoredWhatIsIgnored) {
  const auto before = std::signal(SIGINT, SIG_IGN);
  {
    const Heard heard;
    ::raise(SIGINT);
    EXPECT_EQ(heard.signals.signal(), 0);
  }
  std::signal(SIGINT, before);
}

TEST(StopSignals, HandlesOnlyWhatItIsToldTo) {
  const auto before = handler_of(SIGINT);
  const StopSignals signals({SIGTERM});
  EXPECT_EQ(handler_of(SIGINT), before);
}

TEST(StopSignals, ForgetsTheSignalOfAnEarlierOne) {
  {
    const Heard heard;
    ::raise(SIGTERM);
  }
  const StopSignals signals;
  EXPECT_EQ(signals.signal(), 0);
}

TEST(StopSignals, CanBeFound) {
  EXPECT_EQ(StopSignals::in_force(), nullptr);
  {
    const StopSignals signals;
    EXPECT_EQ(StopSignals::in_force(), &signals);
  }
  EXPECT_EQ(StopSignals::in_force(), nullptr);
}

TEST(StopSignals, ThereIsOneAtATime) {
  const StopSignals signals;
  EXPECT_THROW(StopSignals{}, ConfigError);
  EXPECT_EQ(StopSignals::in_force(), &signals);
}

TEST(StopSignals, RefusesASignalThatCannotBeHandled) {
  EXPECT_THROW(StopSignals({SIGTERM, SIGKILL}), ConfigError);
  EXPECT_EQ(StopSignals::in_force(), nullptr);
}

TEST(StopSignalsDeathTest, ASignalActsAtOnceIfNobodyListens) {
  const auto run = [] {
    const StopSignals signals;
    ::raise(SIGTERM);
  };
  EXPECT_EXIT(run(), testing::KilledBySignal(SIGTERM), "");
}

TEST(StopSignalsDeathTest, ASignalActsAtOnceAfterTheListening) {
  const auto run = [] {
    StopSignals signals;
    signals.begin_listening();
    signals.end_listening();
    ::raise(SIGINT);
  };
  EXPECT_EXIT(run(), testing::KilledBySignal(SIGINT), "");
}

TEST(StopSignalsDeathTest, TheSecondSignalActsAtOnce) {
  const auto run = [] {
    const Heard heard;
    ::raise(SIGINT);
    ::raise(SIGTERM);
  };
  EXPECT_EXIT(run(), testing::KilledBySignal(SIGTERM), "");
}

TEST(StopSignalsDeathTest, TheSecondSignalActsAtOnceAlsoAfterAnAnswer) {
  const auto run = [] {
    Heard heard;
    ::raise(SIGTERM);
    heard.signals.answer();
    ::raise(SIGTERM);
  };
  EXPECT_EXIT(run(), testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace baton
