#include "src/track/dvclive/metric_name.h"

#include <cstddef>

namespace baton::track {
namespace {

constexpr std::size_t kLongestPart = 240;  // of 255 bytes; endings follow
constexpr std::string_view kEnding = ".tsv";

bool can_be_file(std::string_view part, bool is_last) {
  return part != ".." && part.size() <= kLongestPart && part.find('\0') == std::string_view::npos &&
         (is_last || !part.ends_with(kEnding));
}

}  // namespace

std::string dvclive_key(std::string_view key) {
  std::string name(key);
  for (const std::string_view split : {"train_", "eval_"}) {
    for (std::size_t at = name.find(split); at != std::string::npos; at = name.find(split, at + 1)) {
      name[at + split.size() - 1] = '/';
    }
  }
  return name;
}

std::optional<std::vector<std::string>> metric_parts(std::string_view name) {
  std::vector<std::string> parts;
  while (!name.empty()) {
    const std::string_view part = name.substr(0, name.find('/'));
    name.remove_prefix(part.size());
    name.remove_prefix(name.empty() ? 0 : 1);
    if (!can_be_file(part, name.empty())) return std::nullopt;
    if (!part.empty() && part != ".") parts.emplace_back(part);
  }
  if (parts.empty()) return std::nullopt;
  return parts;
}

}  // namespace baton::track
