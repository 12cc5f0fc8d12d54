#include <optional>
#include <ostream>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/core/manifest.h"
#include "tools/baton/command_words.h"
#include "tools/baton/convert_words.h"
#include "tools/baton/listing.h"

namespace baton::tools {

namespace fs = std::filesystem;

namespace {

constexpr const char* kHelp =
    "Makes a checkpoint's weights, model.safetensors, of a file that LibTorch or Python wrote.\n\n"
    "Usage:   baton import FILE -o CHECKPOINT|FILE.safetensors [--key KEY] [--rename OLD=NEW] ... [--force]\n"
    "Example: baton import net.pt -o net.safetensors\n"
    "         baton import lightning.ckpt --key state_dict --rename model= -o runs/imported\n\n"
    "  FILE               what torch::save(module, FILE) of C++, torch.jit.save(module, FILE) or\n"
    "                     torch.save(model.state_dict(), FILE) of Python wrote, or a safetensors file; no code in it\n"
    "                     is run\n"
    "  -o, --output PATH  a .safetensors file, or a folder that gets a model.safetensors and is made if it is not "
    "there\n"
    "  --key KEY          the part of FILE that holds the weights, such as state_dict or model; a.b for b in a\n"
    "  --rename OLD=NEW   call the tensor OLD, or all tensors in the module OLD, NEW; may come several times\n"
    "  --force            replace the file, or the weights in the folder, if they are there\n"
    "  --help             print this and exit\n\n"
    "Exit code 0: it is written. 1: it could not be. 2: the command line is wrong.\n";

const char* format_text(WeightsFormat format) {
  switch (format) {
    case WeightsFormat::kLibtorch:
      return "TorchScript archive";
    case WeightsFormat::kStateDict:
      return "Python state_dict";
    default:
      return "safetensors file";
  }
}

/// What else a folder holds was made with other weights.
void tell_strangers(const fs::path& folder, const fs::path& weights, std::ostream& out) {
  std::string names;
  for (const fs::path& file : files_of(folder)) {
    if (file != weights && file.filename() != kManifestFile)
      names += (names.empty() ? "" : ", ") + file.filename().string();
  }
  if (names.empty()) return;
  out << folder.string() << ": these files still belong to other weights: " << names
      << ". A run that resumes here takes them as they are: remove them to start anew with these weights.\n";
}

/// From now on it vouches for the new weights.
void update_manifest(const fs::path& folder, Manifest manifest) {
  for (ManifestFile& file : manifest.files) {
    if (file.name == kWeightsFile) file = describe_file(folder, file.name);
  }
  replace_file(folder / kManifestFile, [&](ByteSink& sink) { sink.write(manifest.to_json()); });
}

void import_into(const fs::path& folder, const Weights& weights, std::ostream& out) {
  const fs::path file = folder / kWeightsFile;
  const bool is_new = fs::create_directory(folder);
  const std::optional<Manifest> manifest = read_manifest(folder);
  try {
    write_safetensors(file, weights);
  } catch (...) {
    std::error_code ignored;
    if (is_new) fs::remove(folder, ignored);
    throw;
  }
  if (manifest) update_manifest(folder, *manifest);
  tell_strangers(folder, file, out);
}

/// A folder of that name would surprise.
void check_output(const fs::path& output) {
  for (const char* other : {".pt", ".pth", ".bin", ".ckpt", ".json"}) {
    if (output.extension() != other) continue;
    throw ConfigError("-o " + output.string() + ": expected a folder or a .safetensors file");
  }
}

void convert(const Words& all, std::ostream& out) {
  const ConvertWords words = parse_convert_words(all, false);
  if (words.help) {
    out << kHelp;
    return;
  }
  check_output(words.output);
  check_free(words.output, words);
  const Weights weights = weights_for(words, out);
  if (words.output.extension() == ".safetensors") {
    write_safetensors(words.output, weights);
  } else {
    import_into(words.output, weights, out);
  }
  out << words.output.string() << ": " << count_text(weights) << " of a " << format_text(weights.format) << '\n';
}

}  // namespace

int import_weights(const Words& words, ProgramStreams streams) {
  return run_command("import", streams, [&] {
    convert(words, streams.out);
    return 0;
  });
}

}  // namespace baton::tools
