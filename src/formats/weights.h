// The weights of a model in a file, whatever its format: tensors by name. Knows no torch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "src/formats/name_map.h"
#include "src/formats/pt.h"
#include "src/formats/safetensors.h"

namespace baton {

enum class WeightsFormat {
  kLibtorch,   ///< TorchScript: torch::save(module) of C++, torch.jit.save of Python
  kStateDict,  ///< torch.save(model.state_dict()) of Python
  kSafetensors,
};

struct StoredTensor {
  std::string name;
  pt::Tensor tensor;
};

struct Weights {
  WeightsFormat format = WeightsFormat::kSafetensors;
  std::vector<StoredTensor> tensors;    ///< as the file has them; those that are tied share their storage
  std::vector<std::string> left_out;    ///< what stands beside them and is no tensor
  safetensors::Metadata metadata = {};  ///< of a safetensors file, without the names of tied tensors
};

/// Reads a .safetensors file, or any other as torch.save's. Its tensors look into the file, which must not be shortened
/// while one of them lives, and say that they were on the CPU. `key`, if not empty, names the part of a .pt file that
/// holds the weights, or the keys that lead there with dots between them. Of a TorchScript archive all tensors come
/// that are attributes of its modules: which of them are parameters only its code says. Throws CheckpointError naming
/// the file if it cannot be read, is damaged, holds no weights, or if `key` is missing or wrong.
Weights read_weights(const std::filesystem::path& path, std::string_view key = "");
/// The same of what a .pt file holds. Messages begin with `where`.
Weights find_weights(const pt::Value& value, std::string_view key, const std::string& where);

/// The names of all modules in a TorchScript archive, also of those without tensors. Throws CheckpointError naming the
/// file if it cannot be read, is damaged or is something else.
std::vector<std::string> read_module_names(const std::filesystem::path& path);

/// Renames all tensors. Throws ConfigError.
void rename(Weights& weights, const NameMap& names);

/// Elements of all tensors, tied ones counted once.
std::uint64_t elements_of(const Weights& weights);

/// Each writes a file that appears complete or not at all, and throws CheckpointError naming it.
/// Tied tensors are written once; in a safetensors file the metadata has the other names.
void write_safetensors(const std::filesystem::path& path, const Weights& weights);
/// An OrderedDict of tensors, which torch.load(weights_only=True) reads.
void write_state_dict(const std::filesystem::path& path, const Weights& weights);

}  // namespace baton
