#include <array>
#include <map>
#include <ostream>

#include "baton/core/errors.h"
#include "src/formats/script_archive.h"
#include "tools/baton/command_words.h"
#include "tools/baton/convert_words.h"

namespace baton::tools {

namespace fs = std::filesystem;

namespace {

constexpr const char* kHelp =
    "Writes the weights of a checkpoint for LibTorch, for Python, or as safetensors.\n\n"
    "Usage:   baton export CHECKPOINT -o FILE [--format libtorch|state_dict|safetensors] [--rename OLD=NEW] ...\n"
    "Example: baton export runs/fashion_mnist/checkpoint-500 -o net.pt --format libtorch\n"
    "         baton export runs/fashion_mnist/checkpoint-500 -o net.pth --rename conv1=features.0\n\n"
    "  CHECKPOINT         a checkpoint folder, or any file that baton import reads\n"
    "  -o, --output FILE  where to write; it appears complete or not at all\n"
    "  --format FORMAT    libtorch: for torch::load(module, FILE) in C++\n"
    "                     state_dict: for model.load_state_dict(torch.load(FILE)) in Python\n"
    "                     safetensors: for safetensors.torch.load_file(FILE), and Baton\n"
    "                     default: state_dict for .pth and .bin, safetensors for .safetensors; .pt may be either of\n"
    "                     the first two, so say which\n"
    "  --like FILE        for libtorch: what torch::save(module, FILE) wrote of the same model, trained or not. Its\n"
    "                     modules without tensors, which torch::load asks for, come along, and every tensor is "
    "checked\n"
    "                     against it\n"
    "  --rename OLD=NEW   call the tensor OLD, or all tensors in the module OLD, NEW; may come several times\n"
    "  --key KEY          of a .pt file: the part that holds the weights\n"
    "  --force            replace FILE if it is there\n"
    "  --help             print this and exit\n\n"
    "Exit code 0: it is written. 1: it could not be. 2: the command line is wrong.\n";

struct Format {
  std::string_view name;
  WeightsFormat format;
  std::string_view about;
};

constexpr std::array kFormats{
    Format{"libtorch", WeightsFormat::kLibtorch, "LibTorch archive for torch::load"},
    Format{"state_dict", WeightsFormat::kStateDict, "Python state_dict for torch.load"},
    Format{"safetensors", WeightsFormat::kSafetensors, "safetensors file"},
};

const Format& format_of(const ConvertWords& words) {
  const std::string extension = words.output.extension().string();
  std::string name = words.format;
  if (name.empty() && (extension == ".pth" || extension == ".bin")) name = "state_dict";
  if (name.empty() && extension == ".safetensors") name = "safetensors";
  for (const Format& format : kFormats) {
    if (format.name == name) return format;
  }
  if (!name.empty()) throw ConfigError("--format " + name + ": expected libtorch, state_dict or safetensors");
  throw ConfigError("--format is missing: " + words.output.filename().string() +
                    " does not say whether to write libtorch (C++), state_dict (Python) or safetensors");
}

std::string shape_text(const pt::Tensor& tensor) {
  std::string text(safetensors::dtype_name(tensor.dtype));
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    text.append(i == 0 ? " [" : ", ").append(std::to_string(tensor.shape[i]));
  }
  return text + (tensor.shape.empty() ? " []" : "]");
}

/// torch::load would take a tensor of another shape without a word.
void check_like(const Weights& weights, const fs::path& like) {
  std::map<std::string, pt::Tensor> missing;
  for (StoredTensor& expected : read_weights(like).tensors) missing.emplace(expected.name, std::move(expected.tensor));
  std::vector<std::string> problems;
  for (const auto& [name, tensor] : weights.tensors) {
    const auto expected = missing.find(name);
    if (expected == missing.end()) {
      problems.push_back("tensor \"" + name + "\" is not in " + like.string());
      continue;
    }
    const std::string found = shape_text(tensor);
    const std::string wanted = shape_text(expected->second);
    if (found != wanted) problems.push_back("tensor \"" + name + "\": expected " + wanted + ", found " + found);
    missing.erase(expected);
  }
  for (const auto& [name, tensor] : missing) problems.push_back("tensor \"" + name + "\" is only in " + like.string());
  if (!problems.empty()) throw ConfigError(std::move(problems));
}

void write(const Weights& weights, const ConvertWords& words, WeightsFormat format) {
  if (format == WeightsFormat::kStateDict) return write_state_dict(words.output, weights);
  if (format == WeightsFormat::kSafetensors) return write_safetensors(words.output, weights);
  if (words.like.empty()) return write_script_archive(words.output, weights);
  check_like(weights, words.like);
  write_script_archive(words.output, weights, read_module_names(words.like));
}

void convert(const Words& all, std::ostream& out) {
  const ConvertWords words = parse_convert_words(all, true);
  if (words.help) {
    out << kHelp;
    return;
  }
  const Format& format = format_of(words);
  if (!words.like.empty() && format.format != WeightsFormat::kLibtorch) {
    throw ConfigError("--like is for --format libtorch, this is " + std::string(format.name));
  }
  check_free(words.output, words);
  const Weights weights = weights_for(words, out);
  write(weights, words, format.format);
  out << words.output.string() << ": " << format.about << ", " << count_text(weights) << '\n';
}

}  // namespace

int export_weights(const Words& words, ProgramStreams streams) {
  return run_command("export", streams, [&] {
    convert(words, streams.out);
    return 0;
  });
}

}  // namespace baton::tools
