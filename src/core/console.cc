#include "baton/core/console.h"

#include <cstdio>

#include "src/base/utf8.h"

namespace baton {
namespace {

constexpr const char* kLineUp = "\x1b[A";
constexpr const char* kClearToEndOfLine = "\x1b[K";
constexpr const char* kClearBelow = "\x1b[J";

/// Control characters, and bytes that are no UTF-8, which some terminals take for control characters.
bool steers_terminal(CodePoint c) {
  return c.value < 0x20 || (c.value >= 0x7f && c.value < 0xa0) || (c.value == kReplacementCharacter && c.length == 1);
}

/// At most `max_characters` of `text`, with "?" for what would steer the terminal.
std::string printable(std::string_view text, std::string_view allowed, std::size_t max_characters = std::string::npos) {
  std::string shown;
  shown.reserve(text.size());
  for (std::size_t count = 0; !text.empty() && count < max_characters; ++count) {
    const CodePoint c = first_code_point(text);
    const bool is_allowed = !steers_terminal(c) || allowed.find(text.front()) != std::string_view::npos;
    shown += is_allowed ? text.substr(0, c.length) : "?";
    text.remove_prefix(c.length);
  }
  return shown;
}

/// Owns what a console on the process's streams refers to.
struct StandardConsole {
  TerminalSettings settings = terminal_settings_from_env();
  StandardStream out{stdout, settings};
  StandardStream err{stderr, settings};
  SteadyClock clock;
  Console console{out, err, clock, {.utf8 = settings.utf8}};
};

}  // namespace

Console::Console(TextStream& out, TextStream& err, Clock& clock, ConsoleOptions options)
    : out_(out), err_(err), clock_(clock), options_(options), has_status_lines_(err.columns() > 0) {}

Console::~Console() {
  if (drawn_rows_ > 0) err_.write("\n");
}

// In the three functions that allocate, lack of memory costs the text, not the run.

void Console::write_line(std::string_view text, Channel channel) noexcept try {
  const std::lock_guard lock(mutex_);
  const std::string line = printable(text, "\n\t") + "\n";
  TextStream& stream = channel == Channel::kOut ? out_ : err_;
  if (drawn_rows_ == 0 || stream.columns() == 0) return stream.write(line);

  const std::string erase = cursor_to_top() + kClearBelow;
  drawn_rows_ = 0;
  if (channel == Channel::kErr) return err_.write(erase + line + redrawn());
  err_.write(erase);
  out_.write(line);
  err_.write(redrawn());
} catch (...) {
}

void Console::set_status(StatusLine line, std::string_view text) noexcept try {
  if (!has_status_lines_) return;
  const std::lock_guard lock(mutex_);
  std::string& status = status_[static_cast<std::size_t>(line)];
  if (status.empty() && text.empty()) return;
  status = text;
  err_.write(redrawn());
} catch (...) {
}

/// From the end of the last status line to the start of the first.
std::string Console::cursor_to_top() const {
  std::string codes = "\r";
  for (std::size_t row = 1; row < drawn_rows_; ++row) codes += kLineUp;
  return codes;
}

/// Draws over what is there. The last column stays free: after a full line terminals disagree about where the cursor
/// is.
std::string Console::redrawn() {
  const auto width = static_cast<std::size_t>(status_width());
  std::string text = cursor_to_top();
  drawn_rows_ = 0;
  for (const std::string& status : status_) {
    if (status.empty()) continue;
    if (drawn_rows_++ > 0) text += '\n';
    text += printable(status, "", width) + kClearToEndOfLine;
  }
  return text + kClearBelow;
}

std::shared_ptr<Console> standard_console_from_env() {
  auto owner = std::make_shared<StandardConsole>();
  return {owner, &owner->console};
}

}  // namespace baton
