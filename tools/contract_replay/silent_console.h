// A console that nobody sees, for the display callbacks of a replayed run.
#pragma once

#include <memory>
#include <string_view>

#include "baton/core/console.h"

namespace baton::replay {

class SilentConsole {
 public:
  /// Valid as long as this object.
  std::shared_ptr<Console> get() {
    return {&console_, [](Console*) {}};
  }

 private:
  class NullStream final : public TextStream {
   public:
    void write(std::string_view) noexcept override {}
    int columns() const noexcept override { return 0; }
  };

  NullStream stream_;
  SteadyClock clock_;
  Console console_{stream_, stream_, clock_};
};

}  // namespace baton::replay
