#include "tools/baton/convert_words.h"

#include "baton/core/errors.h"
#include "tools/baton/listing.h"

namespace baton::tools {

namespace fs = std::filesystem;

namespace {

class Parser {
 public:
  Parser(const Words& words, bool is_export) : words_(words), is_export_(is_export) {}

  ConvertWords parse() {
    while (at_ < words_.size()) take(words_[at_++]);
    if (found_.help) return found_;
    if (found_.input.empty()) throw ConfigError("expected the path of the weights");
    if (found_.output.empty()) throw ConfigError("-o is missing: expected the path to write to");
    return found_;
  }

 private:
  void take(const std::string& word) {
    const std::size_t equals = word.rfind("--", 0) == 0 ? word.find('=') : word.npos;
    const std::string flag = word.substr(0, equals);
    if (flag == "--help" || flag == "-h") {
      found_.help = true;
    } else if (flag == "--force") {
      found_.force = true;
    } else if (word.rfind('-', 0) == 0) {
      take_value(flag, equals);
    } else if (!found_.input.empty()) {
      throw ConfigError(word + ": expected one path, " + found_.input.string() + " is there already");
    } else {
      found_.input = word;
    }
  }

  void take_value(const std::string& flag, std::size_t equals) {
    if (flag == "-o" || flag == "--output") {
      found_.output = value(flag, equals);
    } else if (flag == "--rename") {
      found_.renames.push_back(value(flag, equals));
    } else if (flag == "--key") {
      found_.key = value(flag, equals);
    } else if (flag == "--format" && is_export_) {
      found_.format = value(flag, equals);
    } else if (flag == "--like" && is_export_) {
      found_.like = value(flag, equals);
    } else {
      throw ConfigError(flag + ": no such flag");
    }
  }
  std::string value(const std::string& flag, std::size_t equals) {
    const std::string& word = words_[at_ - 1];
    if (equals != word.npos) return word.substr(equals + 1);
    if (at_ == words_.size()) throw ConfigError(flag + " is the last word, expected its value");
    return words_[at_++];
  }

  const Words& words_;
  bool is_export_;
  std::size_t at_ = 1;
  ConvertWords found_;
};

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

ConvertWords parse_convert_words(const Words& words, bool is_export) { return Parser(words, is_export).parse(); }

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

int run_convert(const char* command, ProgramStreams streams, void (*body)(const Words& words, std::ostream& out),
                const Words& words) {
  try {
    body(words, streams.out);
    return 0;
  } catch (const ConfigError& error) {
    streams.err << "baton " << command << ": " << error.what() << "\nbaton " << command << " --help says more\n";
    return kExitUsage;
  } catch (const std::exception& error) {
    streams.err << "baton " << command << ": " << error.what() << '\n';
    return kExitFailure;
  }
}

}  // namespace baton::tools
