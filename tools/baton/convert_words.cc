#include "tools/baton/convert_words.h"

#include "baton/core/errors.h"
#include "tools/baton/command_words.h"
#include "tools/baton/listing.h"

namespace baton::tools {

namespace fs = std::filesystem;

namespace {

/// The file of weights that a path stands for.
fs::path weights_file(const fs::path& path) {
  if (!fs::is_directory(path)) return path;
  if (fs::exists(path / kWeightsFile)) return path / kWeightsFile;
  if (fs::exists(path / "model.safetensors.index.json")) {
    throw CheckpointError(path.string() + ": its weights are in several files, expected one " + kWeightsFile);
  }
  throw CheckpointError(path.string() + ": no checkpoint: the folder holds no " + kWeightsFile);
}

}  // namespace

ConvertWords parse_convert_words(const Words& words, bool is_export) {
  std::vector<std::string_view> with_value{"--output", "--rename", "--key"};
  if (is_export) with_value.insert(with_value.end(), {"--format", "--like"});
  const CommandWords found = read_words(words, {"--force"}, with_value, "the weights");
  if (!found.help() && !found.has("--output")) throw ConfigError("-o is missing: expected the path to write to");
  return {.input = found.path(),
          .output = found.value("--output"),
          .format = found.value("--format"),
          .key = found.value("--key"),
          .like = found.value("--like"),
          .renames = found.values("--rename"),
          .force = found.has("--force"),
          .help = found.help()};
}

Weights weights_for(const ConvertWords& words, std::ostream& out) {
  const NameMap names(words.renames);
  const fs::path file = weights_file(words.input);
  Weights weights = read_weights(file, words.key);
  rename(weights, names);
  for (const std::string& name : weights.left_out) out << "left out, as it is no tensor: " << name << '\n';
  return weights;
}

void check_free(const fs::path& output, const ConvertWords& words) {
  if (!words.force && fs::exists(output)) {
    throw CheckpointError(output.string() + ": is there already; --force replaces it");
  }
}

std::string count_text(const Weights& weights) {
  return counted(weights.tensors.size(), "tensor") + ", " + counted(elements_of(weights), "element");
}

}  // namespace baton::tools
