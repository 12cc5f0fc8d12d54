// TextStream: where the console's text goes. The process's own streams, or a fake in tests.
#pragma once

#include <cstdio>
#include <functional>
#include <string_view>

namespace baton {

class TextStream {
 public:
  virtual ~TextStream() = default;
  /// Writes all of it now. Failures are ignored: a display must never hurt a run.
  virtual void write(std::string_view text) noexcept = 0;
  /// Characters in a line of the terminal behind it, 0 if there is none. Asked anew for each drawing, since windows
  /// change.
  virtual int columns() const noexcept = 0;
};

/// What the environment says about terminals.
struct TerminalSettings {
  int columns = 80;      ///< the width of a terminal that does not tell its own
  bool is_dumb = false;  ///< the terminal cannot move its cursor: it is treated as a file
  bool utf8 = false;     ///< it shows UTF-8

  friend bool operator==(const TerminalSettings&, const TerminalSettings&) = default;
};

/// From COLUMNS, TERM, and the first one set of LC_ALL, LC_CTYPE and LANG, as `variable` gives them (null: not set).
TerminalSettings terminal_settings(const std::function<const char*(const char* name)>& variable);
TerminalSettings terminal_settings_from_env();

/// stdout or stderr. Shares the C library's buffer, so that its text keeps its place among what a program prints
/// itself.
class StandardStream final : public TextStream {
 public:
  /// `file` must stay open as long as this lives.
  StandardStream(std::FILE* file, const TerminalSettings& settings);

  void write(std::string_view text) noexcept override;
  int columns() const noexcept override;

 private:
  std::FILE* file_;
  int fallback_columns_;
  bool is_terminal_;
};

}  // namespace baton
