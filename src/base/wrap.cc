#include "src/base/wrap.h"

#include <algorithm>

namespace baton {

std::string wrapped(std::string_view text, std::size_t column, std::size_t width) {
  std::string out;
  std::size_t used = column;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    const bool fits = used + 1 + word.size() <= width;
    if (!out.empty()) {
      out += fits ? " " : "\n" + std::string(column, ' ');
      used = fits ? used + 1 : column;
    }
    out += word;
    used += word.size();
  }
  return out;
}

}  // namespace baton
