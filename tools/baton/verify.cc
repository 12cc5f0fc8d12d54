#include <ostream>

#include "baton/core/errors.h"
#include "src/core/manifest.h"
#include "tools/baton/command_words.h"
#include "tools/baton/listing.h"

namespace baton::tools {

namespace fs = std::filesystem;

namespace {

constexpr const char* kHelp =
    "Reads every file of a checkpoint, or one file, from its first to its last byte, and says which are good.\n\n"
    "Usage:   baton verify PATH\n"
    "Example: baton verify runs/fashion_mnist/checkpoint-500 && rsync -a runs/fashion_mnist/checkpoint-500 backup:\n\n"
    "  PATH      a checkpoint folder, or a .safetensors, .pt, .pth, .bin or .json file\n"
    "  --help    print this and exit\n\n"
    "One line a file: \"good\", \"damaged\" with the reason, or \"not read\" for what is of no known format.\n"
    ".pt files carry checksums, so a single flipped bit is found. safetensors files have none: in a checkpoint of\n"
    "Baton's, manifest.json has one for every file, which is compared; of other ones can be known that their header "
    "is\n"
    "sound and that the tensors cover the file exactly.\n"
    "Exit code 0: nothing is damaged and something was read. 1: otherwise. 2: the command line is wrong.\n";

struct Verdict {
  int good = 0;
  int damaged = 0;
};

/// Of a folder; empty if there is none, or if it is damaged, which reading it as a file tells.
Manifest manifest_of(const fs::path& path) {
  if (!fs::is_directory(path)) return {};
  try {
    return read_manifest(path).value_or(Manifest());
  } catch (const CheckpointError&) {
    return {};
  }
}

/// Compares a file with what the manifest of its folder, if there is one, says of it.
void compare(const fs::path& file, const Manifest& manifest) {
  const ManifestFile* expected = manifest.find(file.filename().string());
  if (expected != nullptr) check_files({{*expected}}, file.parent_path());
}

void verify_file(const fs::path& file, const Manifest& manifest, Verdict& verdict, std::ostream& out) {
  const std::string name = file.filename().string();
  try {
    compare(file, manifest);
    const Listing listing = list_file(file, Depth::kAllBytes);
    const bool read = listing.format != "other";
    out << (read ? "good      " : "not read  ") << name << (read ? ": " + summary(listing) : "") << '\n';
    verdict.good += read ? 1 : 0;
  } catch (const std::exception& error) {
    out << "damaged   " << name << ": " << error.what() << '\n';
    ++verdict.damaged;
  }
}

/// Files that the manifest lists and that are missing, or in folders within this one.
void verify_others(const fs::path& folder, const Manifest& manifest, Verdict& verdict, std::ostream& out) {
  for (const ManifestFile& file : manifest.files) {
    if (fs::path(file.name).filename() == file.name && fs::exists(folder / file.name)) continue;
    try {
      check_files({{file}}, folder);
      out << "good      " << file.name << ": " << grouped(file.bytes) << " bytes\n";
      ++verdict.good;
    } catch (const std::exception& error) {
      out << "damaged   " << file.name << ": " << error.what() << '\n';
      ++verdict.damaged;
    }
  }
}

int verify_path(const fs::path& path, ProgramStreams streams) {
  Verdict verdict;
  const std::vector<fs::path> files = files_of(path);
  const Manifest manifest = manifest_of(path);
  for (const fs::path& file : files) verify_file(file, manifest, verdict, streams.out);
  verify_others(path, manifest, verdict, streams.out);
  if (verdict.good + verdict.damaged == 0) throw CheckpointError(path.string() + ": there is nothing that can be read");
  return verdict.damaged == 0 ? 0 : kExitFailure;
}

}  // namespace

int verify(const Words& words, ProgramStreams streams) {
  return run_command("verify", streams, [&] {
    const CommandWords found = read_words(words, {}, {}, "a checkpoint or of a file in one");
    if (!found.help()) return verify_path(found.path(), streams);
    streams.out << kHelp;
    return 0;
  });
}

}  // namespace baton::tools
