#include "src/formats/weights.h"

#include <algorithm>
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

/// Where the elements of a tensor lie, one after the other.
class Walk {
 public:
  explicit Walk(const pt::Tensor& tensor) : tensor_(tensor), at_(tensor.offset), index_(tensor.shape.size(), 0) {}

  std::size_t at() const { return static_cast<std::size_t>(at_); }
  void next() {
    for (std::size_t d = index_.size(); d-- > 0;) {
      at_ += tensor_.strides[d];
      if (++index_[d] < tensor_.shape[d]) return;
      at_ -= tensor_.strides[d] * tensor_.shape[d];
      index_[d] = 0;
    }
  }

 private:
  const pt::Tensor& tensor_;
  std::int64_t at_;
  std::vector<std::int64_t> index_;
};

/// The elements in their order, of a tensor that has them in another one.
void write_row_major(const pt::Tensor& tensor, ByteSink& sink) {
  constexpr std::uint64_t kPiece = 1U << 16U;
  const std::size_t width = safetensors::dtype_bytes(tensor.dtype);
  const std::byte* from = tensor.storage->content.memory().data();
  std::vector<std::byte> piece(std::min(tensor.elements(), kPiece) * width);
  Walk walk(tensor);
  for (std::uint64_t left = tensor.elements(); left > 0;) {
    const std::uint64_t count = std::min(left, kPiece);
    for (std::size_t i = 0; i < count; ++i, walk.next())
      std::memcpy(&piece[i * width], from + walk.at() * width, width);
    sink.write(std::span(piece).first(count * width));
    left -= count;
  }
}

/// `tensor` must outlive the content.
Content content_of(const pt::Tensor& tensor) {
  if (tensor.is_contiguous()) return tensor.bytes();
  const std::uint64_t size = tensor.elements() * safetensors::dtype_bytes(tensor.dtype);
  return {size, [&tensor](ByteSink& sink) { write_row_major(tensor, sink); }};
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
  std::vector<safetensors::TensorView> views;
  safetensors::Metadata metadata = weights.metadata;
  metadata["format"] = "pt";
  for (std::size_t i = 0; i < firsts.size(); ++i) {
    const auto& [name, tensor] = weights.tensors[i];
    if (firsts[i] != i) {
      metadata[name] = weights.tensors[firsts[i]].name;
    } else {
      views.push_back({name, tensor.dtype, tensor.shape, content_of(tensor)});
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
