// Consoles for tests: on a screen, or in two files.
#pragma once

#include <memory>

#include "baton/core/console.h"
#include "tests/fakes/fake_streams.h"
#include "tests/fakes/manual_clock.h"

namespace baton::fakes {

/// A console on a terminal.
struct ScreenConsole {
  ManualClock clock;
  FakeTerminal terminal;
  std::shared_ptr<Console> console = std::make_shared<Console>(terminal, terminal, clock);
};

/// A console whose streams are redirected.
struct FileConsole {
  ManualClock clock;
  StringSink out;
  StringSink err;
  std::shared_ptr<Console> console = std::make_shared<Console>(out, err, clock);
};

}  // namespace baton::fakes
