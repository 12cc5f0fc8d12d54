#include <algorithm>
#include <ostream>

#include "baton/core/errors.h"
#include "src/base/json.h"
#include "tools/baton/command_words.h"
#include "tools/baton/events_text.h"
#include "tools/baton/journal_text.h"
#include "tools/baton/listing.h"

namespace baton::tools {

namespace fs = std::filesystem;

namespace {

constexpr const char* kHelp =
    "Says what is in a checkpoint, or in one file of it, Baton's or the Hugging Face Trainer's, and in a run's "
    "journal.\n\n"
    "Usage:   baton inspect PATH [--json]\n"
    "Example: baton inspect runs/fashion_mnist/checkpoint-500\n"
    "         baton inspect runs/fashion_mnist/checkpoint-500/optimizer.pt\n"
    "         baton inspect runs/fashion_mnist\n\n"
    "  PATH      a folder: where the run stood, its last metrics and one line a file;\n"
    "            .safetensors, .pt, .pth, .bin: every tensor's name, dtype, shape and bytes, and all other values;\n"
    "            .json: its values; *tfevents*: TensorBoard's values by their tags;\n"
    "            an output_dir or a folder in output_dir/baton: its runs, their last metrics and their trackers\n"
    "  --json    print one object with everything, of every file (docs/checkpoints.md lists its keys)\n"
    "  --help    print this and exit\n\n"
    "No code in a file is run. Tensors are not looked at: baton verify reads every byte.\n"
    "Exit code 0: it could be read. 1: it could not. 2: the command line is wrong.\n";

using Table = std::vector<std::vector<std::string>>;

/// Columns as wide as their widest cell, two blanks apart.
std::string table_text(const Table& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += "  " + row[i];
      line.append(i + 1 < row.size() ? widths[i] - row[i].size() : 0, ' ');
    }
    text += line + "\n";
  }
  return text;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (const std::int64_t extent : shape) text.append(text.size() > 1 ? ", " : "").append(std::to_string(extent));
  return text + "]";
}

std::string contents_text(const Listing& listing) {
  Table tensors;
  for (const TensorRow& tensor : listing.tensors) {
    tensors.push_back({tensor.name, tensor.dtype, shape_text(tensor.shape), grouped(tensor.bytes) + " bytes"});
  }
  Table values;
  for (const auto& [name, value] : listing.values) values.push_back({name, json::dump(value)});
  return table_text(tensors) + (tensors.empty() || values.empty() ? "" : "\n") + table_text(values);
}

std::string file_text(const fs::path& file) {
  const Listing listing = list_file(file, Depth::kContents);
  return file.string() + ": " + grouped(listing.bytes) + " bytes, " + summary(listing) + "\n" + contents_text(listing);
}

std::string folder_text(const fs::path& folder) {
  Table files;
  std::string state;
  for (const fs::path& file : files_of(folder)) {
    const Listing listing = list_file(file, Depth::kContents);
    files.push_back({file.filename().string(), grouped(listing.bytes) + " bytes", summary(listing)});
    if (listing.format == "state") state = contents_text(listing) + "\n";
  }
  return folder.string() + "\n" + state + table_text(files);
}

Value::List shape_list(const std::vector<std::int64_t>& shape) { return {shape.begin(), shape.end()}; }

Record file_record(const fs::path& file) {
  const Listing listing = list_file(file, Depth::kContents);
  Value::List tensors;
  for (const TensorRow& tensor : listing.tensors) {
    tensors.push_back(Record{{"name", tensor.name},
                             {"dtype", tensor.dtype},
                             {"shape", shape_list(tensor.shape)},
                             {"bytes", static_cast<std::int64_t>(tensor.bytes)}});
  }
  Record values;
  for (const auto& [name, value] : listing.values) values.set(name, value);
  return {{"file", file.filename().string()},
          {"format", listing.format},
          {"bytes", static_cast<std::int64_t>(listing.bytes)},
          {"tensors", std::move(tensors)},
          {"values", std::move(values)}};
}

std::string json_text(const fs::path& path) {
  Value::List files;
  for (const fs::path& file : files_of(path)) files.push_back(file_record(file));
  return json::dump_pretty(Record{{"path", path.string()}, {"files", std::move(files)}}) + "\n";
}

std::string answer(const CommandWords& words) {
  if (words.help()) return kHelp;
  if (is_journal(words.path())) {
    return words.has("--json") ? journal_json(words.path()) : journal_text(words.path());
  }
  if (is_event_file(words.path())) {
    return words.has("--json") ? events_json(words.path()) : events_text(words.path());
  }
  if (words.has("--json")) return json_text(words.path());
  return fs::is_directory(words.path()) ? folder_text(words.path()) : file_text(files_of(words.path()).front());
}

}  // namespace

int inspect(const Words& words, ProgramStreams streams) {
  return run_command("inspect", streams, [&] {
    streams.out << answer(read_words(words, {"--json"}, {}, "a checkpoint or of a file in one"));
    return 0;
  });
}

}  // namespace baton::tools
