// What is in the files of a checkpoint, as plain rows: the same for every format.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "baton/core/value.h"

namespace baton::tools {

struct TensorRow {
  std::string name;  ///< in a .pt file the keys that lead to it, such as state.0.exp_avg
  std::string dtype;
  std::vector<std::int64_t> shape;
  std::uint64_t elements = 0;
  std::uint64_t bytes = 0;  ///< of its elements; tensors may share memory
};

struct Listing {
  std::string format;  ///< "safetensors", "pt", "libtorch", "state", "json", or "other" for files that are not read
  std::uint64_t bytes = 0;
  std::vector<TensorRow> tensors;
  std::vector<std::pair<std::string, Value>> values;  ///< whatever is no tensor; long lists are only described
};

/// The files of a checkpoint folder in alphabetical order, or the one file that `path` names.
/// Throws CheckpointError if there is nothing, or a folder without a file.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& path);

enum class Depth {
  kContents,  ///< names, shapes and values
  kAllBytes,  ///< and every byte of the tensors, compared with what the format has for that
};

/// Reads one file. Throws CheckpointError or StateError if it is damaged.
Listing list_file(const std::filesystem::path& file, Depth depth);

/// "26 tensors, 4,512 elements", "3 values", "not read"
std::string summary(const Listing& listing);

/// "1 tensor", "4,512 elements"
std::string counted(std::uint64_t number, const std::string& what);

/// 4512 as "4,512"
std::string grouped(std::uint64_t number);

}  // namespace baton::tools
