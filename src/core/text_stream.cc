#include "baton/core/text_stream.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <string>

namespace baton {
namespace {

std::string_view text_of(const char* variable) { return variable == nullptr ? std::string_view() : variable; }

int columns_in(std::string_view text, int otherwise) {
  int columns = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), columns);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number && columns > 0 ? columns : otherwise;
}

/// "en_US.UTF-8", "C.utf8": the codeset is spelt in several ways.
bool names_utf8(std::string_view locale) {
  std::string letters;
  for (const char c : locale) {
    if (c != '-') letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return letters.find("utf8") != std::string::npos;
}

}  // namespace

TerminalSettings terminal_settings(const std::function<const char*(const char* name)>& variable) {
  TerminalSettings settings;
  settings.columns = columns_in(text_of(variable("COLUMNS")), settings.columns);
  settings.is_dumb = text_of(variable("TERM")) == "dumb";
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view locale = text_of(variable(name));
    if (locale.empty()) continue;
    settings.utf8 = names_utf8(locale);
    break;
  }
  return settings;
}

TerminalSettings terminal_settings_from_env() {
  return terminal_settings([](const char* name) -> const char* { return std::getenv(name); });
}

StandardStream::StandardStream(std::FILE* file, const TerminalSettings& settings)
    : file_(file), fallback_columns_(settings.columns), is_terminal_(!settings.is_dumb && isatty(fileno(file)) == 1) {}

void StandardStream::write(std::string_view text) noexcept {
  std::fwrite(text.data(), 1, text.size(), file_);
  std::fflush(file_);
}

int StandardStream::columns() const noexcept {
  if (!is_terminal_) return 0;
  winsize size{};
  if (ioctl(fileno(file_), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return fallback_columns_;
  return size.ws_col;
}

}  // namespace baton
