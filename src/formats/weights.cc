#include "src/formats/weights.h"

#include <cstring>
#include <map>
#include <tuple>

#include "baton/core/errors.h"

namespace baton {
namespace {

/// Two tensors with the same one are tied.
using Identity =
    std::tuple<const pt::Storage*, pt::Dtype, std::int64_t, std::vector<std::int64_t>, std::vector<std::int64_t>>;

Identity identity(const pt::Tensor& tensor) {
  return {tensor.storage.get(), tensor.dtype, tensor.offset, tensor.shape, tensor.strides};
}

/// For each tensor the index of the first one that it is tied to: its own if there is none before it.
std::vector<std::size_t> first_of_tied(const std::vector<StoredTensor>& tensors) {
  std::map<Identity, std::size_t> known;
  std::vector<std::size_t> firsts;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const pt::Tensor& tensor = tensors[i].tensor;
    firsts.push_back(tensor.elements() > 0 ? known.emplace(identity(tensor), i).first->second : i);
  }
  return firsts;
}

/// The elements one after the other, of a tensor whose elements lie otherwise.
std::vector<std::byte> row_major(const pt::Tensor& tensor) {
  const std::size_t width = safetensors::dtype_bytes(tensor.dtype);
  std::vector<std::byte> bytes(tensor.elements() * width);
  std::vector<std::int64_t> index(tensor.shape.size(), 0);
  std::int64_t from = tensor.offset;
  for (std::size_t to = 0; to < bytes.size(); to += width) {
    std::memcpy(&bytes[to], tensor.storage->content.memory().data() + static_cast<std::size_t>(from) * width, width);
    for (std::size_t d = index.size(); d-- > 0;) {
      from += tensor.strides[d];
      if (++index[d] < tensor.shape[d]) break;
      from -= tensor.strides[d] * tensor.shape[d];
      index[d] = 0;
    }
  }
  return bytes;
}

/// A small file with expanded tensors could stand for more than there is memory.
void check_growth(const std::vector<StoredTensor>& tensors, const std::string& where) {
  constexpr std::uint64_t kMaxGrowth = 16;
  constexpr std::uint64_t kFreeGrowth = 1U << 20U;
  std::uint64_t budget = kFreeGrowth;
  std::map<const pt::Storage*, bool> counted;
  for (const StoredTensor& named : tensors) {
    const pt::Storage* storage = named.tensor.storage.get();
    if (counted.emplace(storage, true).second) budget += kMaxGrowth * storage->content.size();
  }
  for (const StoredTensor& named : tensors) {
    const std::uint64_t bytes = named.tensor.elements() * safetensors::dtype_bytes(named.tensor.dtype);
    if (bytes > budget) {
      throw CheckpointError(where + ": its tensors stand for more than " + std::to_string(kMaxGrowth) +
                            " times the data that it has");
    }
    budget -= bytes;
  }
}

}  // namespace

void rename(Weights& weights, const NameMap& names) {
  std::vector<std::string> old_names;
  for (const StoredTensor& named : weights.tensors) old_names.push_back(named.name);
  std::vector<std::string> new_names = names.renamed(old_names);
  for (std::size_t i = 0; i < new_names.size(); ++i) weights.tensors[i].name = std::move(new_names[i]);
}

std::uint64_t elements_of(const Weights& weights) {
  const std::vector<std::size_t> firsts = first_of_tied(weights.tensors);
  std::uint64_t elements = 0;
  for (std::size_t i = 0; i < firsts.size(); ++i) {
    if (firsts[i] == i) elements += weights.tensors[i].tensor.elements();
  }
  return elements;
}

void write_safetensors(const std::filesystem::path& path, const Weights& weights) {
  check_growth(weights.tensors, path.string());
  const std::vector<std::size_t> firsts = first_of_tied(weights.tensors);
  std::vector<std::vector<std::byte>> copies;
  std::vector<safetensors::TensorView> views;
  safetensors::Metadata metadata = weights.metadata;
  metadata["format"] = "pt";
  for (std::size_t i = 0; i < firsts.size(); ++i) {
    const auto& [name, tensor] = weights.tensors[i];
    if (firsts[i] != i) {
      metadata[name] = weights.tensors[firsts[i]].name;
    } else {
      const bool plain = tensor.is_contiguous();
      views.push_back(
          {name, tensor.dtype, tensor.shape, plain ? tensor.bytes() : copies.emplace_back(row_major(tensor))});
    }
  }
  safetensors::write(path, std::move(views), metadata);
}

void write_state_dict(const std::filesystem::path& path, const Weights& weights) {
  pt::Dict dict{.ordered = true};
  for (const StoredTensor& named : weights.tensors) {
    pt::Tensor tensor = named.tensor;
    tensor.requires_grad = false;  // as in what model.state_dict() gives
    dict.set(named.name, std::move(tensor));
  }
  pt::write_pt(path, std::move(dict));
}

}  // namespace baton
