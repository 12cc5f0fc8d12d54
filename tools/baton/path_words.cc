#include "tools/baton/path_words.h"

#include "baton/core/errors.h"

namespace baton::tools {

PathWords parse_path_words(const Words& words, bool has_json) {
  PathWords found;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--help" || word == "-h") {
      found.help = true;
    } else if (word == "--json" && has_json) {
      found.json = true;
    } else if (word.rfind('-', 0) == 0) {
      throw ConfigError(word + ": no such flag");
    } else if (!found.path.empty()) {
      throw ConfigError(word + ": expected one path, " + found.path.string() + " is there already");
    } else {
      found.path = word;
    }
  }
  if (found.path.empty() && !found.help) throw ConfigError("expected the path of a checkpoint or of a file in one");
  return found;
}

}  // namespace baton::tools
