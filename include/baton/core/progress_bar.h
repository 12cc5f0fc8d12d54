// ProgressBar: tells how far a piece of work is. On a terminal it is a status line that is redrawn; elsewhere it writes
// an occasional line, so that a log file stays readable.
//   ProgressBar bar(console, {.label = "reading", .unit = "file", .units = "files", .total = 12});
//   for (std::int64_t i = 0; i < 12; ++i) { read(i); bar.advance_to(i + 1); }
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "baton/core/console.h"

namespace baton {

struct ProgressBarOptions {
  std::string label;
  std::string unit = "step";
  std::string units = "steps";
  std::optional<std::int64_t> total;  ///< unset: not known
  std::int64_t start = 0;             ///< where this work begins; rate and time left count from here
  bool keep = true;                   ///< its last state stays on the screen or in the file
  Console::StatusLine line = Console::StatusLine::kUpper;
};

/// Off a terminal a kept bar writes its first and its last state always, and between them a line at most every
/// `ConsoleOptions::progress_interval` and every twentieth of the total; one that is not kept writes only the latter.
/// For one thread. The console must outlive the bar.
class ProgressBar {
 public:
  ProgressBar(Console& console, ProgressBarOptions options);
  /// Closes.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// Reads the clock once at most, and allocates only when something is shown.
  void advance_to(std::int64_t position) {
    position_ = position;
    if (position >= next_position_) show_if_due();
  }
  /// A few words after the rate, from the next drawing on.
  void set_note(std::string note) { note_ = std::move(note); }
  /// On a terminal: draws it now.
  void refresh();
  /// Takes the bar from the screen, or leaves its last state there. Only the first call counts.
  void close() noexcept;

  std::int64_t position() const { return position_; }
  const ProgressBarOptions& options() const { return options_; }

 private:
  void show_if_due();
  void show(std::int64_t now_ns);
  void write_line(std::int64_t now_ns);
  std::string text(std::int64_t now_ns) const;

  Console& console_;
  ProgressBarOptions options_;
  std::string note_;
  std::int64_t started_ns_;
  std::int64_t position_ = 0;
  std::int64_t next_ns_;
  std::int64_t next_position_ = 0;
  std::optional<std::int64_t> written_position_;
  bool is_open_ = true;
};

}  // namespace baton
