// The command line of a command that looks at one path.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "tools/baton/commands.h"

namespace baton::tools {

struct PathWords {
  std::filesystem::path path;
  bool json = false;
  bool help = false;
};

/// Reads PATH and the switches --help, -h and, if the command has it, --json. Throws ConfigError naming the word that
/// is wrong or missing.
PathWords parse_path_words(const Words& words, bool has_json);

}  // namespace baton::tools
