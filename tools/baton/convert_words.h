// The command line of a command that makes one file of weights of another.
#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "src/formats/weights.h"
#include "tools/baton/commands.h"

namespace baton::tools {

/// In a checkpoint.
inline constexpr const char* kWeightsFile = "model.safetensors";

struct ConvertWords {
  std::filesystem::path input;
  std::filesystem::path output;
  std::string format;
  std::string key;
  std::filesystem::path like;
  std::vector<std::string> renames;
  bool force = false;
  bool help = false;
};

/// Reads INPUT, -o OUTPUT, --key, --rename, --force, --help and, of an export, --format and --like; values come as the
/// next word or after "=". Throws ConfigError naming the word that is wrong or missing.
ConvertWords parse_convert_words(const Words& words, bool is_export);

/// The weights of a checkpoint folder or a file, under their new names. What is left out is told to `out`.
/// Throws CheckpointError or ConfigError.
Weights weights_for(const ConvertWords& words, std::ostream& out);

/// Throws CheckpointError if something is there and the words do not allow to replace it.
void check_free(const std::filesystem::path& output, const ConvertWords& words);

/// "26 tensors, 4,512 elements"
std::string count_text(const Weights& weights);

}  // namespace baton::tools
