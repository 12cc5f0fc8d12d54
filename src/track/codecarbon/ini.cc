#include "src/track/codecarbon/ini.h"

#include <algorithm>
#include <cctype>

#include "baton/core/errors.h"
#include "src/track/codecarbon/system_file.h"

namespace baton::track::carbon {

namespace {

class Reader {
 public:
  Reader(std::string_view section, std::string_view where) : section_(section), where_(where) {}

  void read(std::string_view line) {
    ++number_;
    const std::string_view content = trimmed(line);
    if (content.empty() || content[0] == '#' || content[0] == ';') return;
    const bool is_indented = std::isspace(static_cast<unsigned char>(line[0])) != 0;
    if (is_indented && value_open_) {
      if (is_wanted_) items_.back().second.append("\n").append(content);
    } else if (content[0] == '[') {
      begin_section(content);
    } else {
      add_item(content);
    }
  }

  std::vector<std::pair<std::string, std::string>> take() { return std::move(items_); }

 private:
  [[noreturn]] void refuse(std::string_view expected) const {
    throw ConfigError(std::string(where_) + ", line " + std::to_string(number_) + ": expected " +
                      std::string(expected));
  }

  void begin_section(std::string_view content) {
    if (content.back() != ']') refuse("a section such as [codecarbon]");
    is_in_section_ = true;
    value_open_ = false;
    is_wanted_ = content.substr(1, content.size() - 2) == section_;
  }

  void add_item(std::string_view content) {
    const std::size_t end = content.find_first_of("=:");
    if (!is_in_section_) refuse("a section such as [codecarbon] first");
    if (end == std::string_view::npos || end == 0) refuse("key = value");
    value_open_ = true;
    if (!is_wanted_) return;
    std::string key(trimmed(content.substr(0, end)));
    std::transform(key.begin(), key.end(), key.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    std::erase_if(items_, [&](const auto& item) { return item.first == key; });
    items_.emplace_back(std::move(key), trimmed(content.substr(end + 1)));
  }

  std::string_view section_;
  std::string_view where_;
  int number_ = 0;
  bool is_in_section_ = false;
  bool is_wanted_ = false;
  bool value_open_ = false;  ///< an indented line goes on with a value
  std::vector<std::pair<std::string, std::string>> items_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> read_ini(std::string_view text, std::string_view section,
                                                          std::string_view where) {
  Reader reader(section, where);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    reader.read(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return reader.take();
}

}  // namespace baton::track::carbon
