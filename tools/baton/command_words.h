// The command line of a command: one path and the flags it knows.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tools/baton/commands.h"

namespace baton::tools {

class CommandWords {
 public:
  bool help() const { return has("--help"); }
  bool has(std::string_view flag) const { return values_.find(flag) != values_.end(); }
  /// The last value given for the flag, or "".
  std::string value(std::string_view flag) const;
  std::vector<std::string> values(std::string_view flag) const;
  const std::filesystem::path& path() const { return path_; }

 private:
  friend CommandWords read_words(const Words& words, const std::vector<std::string_view>& switches,
                                 const std::vector<std::string_view>& with_value, std::string_view expected_path);
  std::filesystem::path path_;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

/// Reads the path, --help or -h, and these flags; a value comes as the next word or after "=", and -o is --output.
/// Throws ConfigError naming the word that is wrong, or `expected_path` if there is none.
CommandWords read_words(const Words& words, const std::vector<std::string_view>& switches,
                        const std::vector<std::string_view>& with_value, std::string_view expected_path);

/// Runs a command: prints what goes wrong and returns the exit code, of `body` if nothing does.
int run_command(const char* command, ProgramStreams streams, const std::function<int()>& body);

}  // namespace baton::tools
