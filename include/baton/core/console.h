// Console: the one owner of the terminal. It writes whole lines and keeps up to two status lines (progress bars) below
// them, so that records, notices and bars never run into each other. Bars: baton/core/progress_bar.h.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "baton/core/clock.h"
#include "baton/core/text_stream.h"

namespace baton {

struct ConsoleOptions {
  bool utf8 = false;                               ///< bars are drawn with block characters
  std::chrono::milliseconds redraw_interval{100};  ///< on a terminal: the shortest time between two drawings of a bar
  std::chrono::milliseconds progress_interval{10000};  ///< elsewhere: the shortest time between two lines of a bar
};

/// Thread-safe; never throws. Characters that would steer the terminal are shown as "?".
/// Status lines exist on a terminal only; elsewhere nothing but whole lines is written.
class Console {
 public:
  enum class Channel { kOut, kErr };
  enum class StatusLine { kUpper, kLower };

  /// Lines go to `out` or `err`, status lines to `err`. All three must outlive the console.
  Console(TextStream& out, TextStream& err, Clock& clock, ConsoleOptions options = {});
  /// Leaves status lines that are still there on the screen.
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// Writes `text` and a line break, above the status lines. `text` may hold several lines.
  void write_line(std::string_view text, Channel channel) noexcept;
  /// Shows `text`, cut to the terminal's width; an empty text takes the line away. Without effect off a terminal.
  void set_status(StatusLine line, std::string_view text) noexcept;

  /// Whether status lines are shown: err was a terminal when the console was made.
  bool has_status_lines() const noexcept { return has_status_lines_; }
  /// How many characters of a status line are shown now; 0 without status lines.
  int status_width() const noexcept { return has_status_lines_ ? err_.columns() - 1 : 0; }
  Clock& clock() const noexcept { return clock_; }
  const ConsoleOptions& options() const noexcept { return options_; }

 private:
  std::string cursor_to_top() const;
  std::string redrawn();

  TextStream& out_;
  TextStream& err_;
  Clock& clock_;
  const ConsoleOptions options_;
  const bool has_status_lines_;

  std::mutex mutex_;  // guards the streams and what follows
  std::array<std::string, 2> status_;
  std::size_t drawn_rows_ = 0;
};

/// A console on stdout and stderr with the machine's clock. Two of them on one terminal know nothing of each other's
/// bars.
std::shared_ptr<Console> standard_console_from_env();

}  // namespace baton
