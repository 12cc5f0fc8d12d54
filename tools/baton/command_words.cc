#include "tools/baton/command_words.h"

#include <algorithm>

#include "baton/core/errors.h"

namespace baton::tools {
namespace {

bool is_one_of(const std::vector<std::string_view>& flags, std::string_view flag) {
  return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

std::string long_form(const std::string& flag) {
  if (flag == "-h") return "--help";
  return flag == "-o" ? "--output" : flag;
}

}  // namespace

std::string CommandWords::value(std::string_view flag) const {
  const auto found = values_.find(flag);
  return found == values_.end() ? "" : found->second.back();
}

std::vector<std::string> CommandWords::values(std::string_view flag) const {
  const auto found = values_.find(flag);
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

CommandWords read_words(const Words& words, const std::vector<std::string_view>& switches,
                        const std::vector<std::string_view>& with_value, std::string_view expected_path) {
  CommandWords found;
  for (std::size_t at = 1; at < words.size(); ++at) {
    const std::string& word = words[at];
    const std::size_t equals = word.starts_with("--") ? word.find('=') : word.npos;
    const std::string given = word.substr(0, equals);
    const std::string flag = long_form(given);
    if (is_one_of(with_value, flag)) {
      if (equals == word.npos && at + 1 == words.size()) {
        throw ConfigError(given + " is the last word, expected its value");
      }
      found.values_[flag].push_back(equals == word.npos ? words[++at] : word.substr(equals + 1));
    } else if (word == given && (flag == "--help" || is_one_of(switches, flag))) {
      found.values_[flag].emplace_back();
    } else if (word.starts_with('-')) {
      throw ConfigError(given + ": no such flag");
    } else if (!found.path_.empty()) {
      throw ConfigError(word + ": expected one path, " + found.path_.string() + " is there already");
    } else {
      found.path_ = word;
    }
  }
  if (found.path_.empty() && !found.help()) throw ConfigError("expected the path of " + std::string(expected_path));
  return found;
}

int run_command(const char* command, ProgramStreams streams, const std::function<int()>& body) {
  try {
    return body();
  } catch (const ConfigError& error) {
    streams.err << "baton " << command << ": " << error.what() << "\nbaton " << command << " --help says more\n";
    return kExitUsage;
  } catch (const std::exception& error) {
    streams.err << "baton " << command << ": " << error.what() << '\n';
    return kExitFailure;
  }
}

}  // namespace baton::tools
