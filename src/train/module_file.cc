#include "src/train/module_file.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "baton/core/errors.h"
#include "src/formats/safetensors.h"

namespace baton::train {
namespace {

using safetensors::Dtype;

constexpr std::array<std::pair<at::ScalarType, Dtype>, 15> kDtypes = {{{at::kBool, Dtype::kBool},
                                                                       {at::kByte, Dtype::kU8},
                                                                       {at::kChar, Dtype::kI8},
                                                                       {at::kFloat8_e5m2, Dtype::kF8E5M2},
                                                                       {at::kFloat8_e4m3fn, Dtype::kF8E4M3},
                                                                       {at::kShort, Dtype::kI16},
                                                                       {at::kUInt16, Dtype::kU16},
                                                                       {at::kHalf, Dtype::kF16},
                                                                       {at::kBFloat16, Dtype::kBF16},
                                                                       {at::kInt, Dtype::kI32},
                                                                       {at::kUInt32, Dtype::kU32},
                                                                       {at::kFloat, Dtype::kF32},
                                                                       {at::kDouble, Dtype::kF64},
                                                                       {at::kLong, Dtype::kI64},
                                                                       {at::kUInt64, Dtype::kU64}}};

std::optional<Dtype> dtype_of(const at::Tensor& tensor) {
  for (const auto& [scalar_type, dtype] : kDtypes) {
    if (scalar_type == tensor.scalar_type()) return dtype;
  }
  return std::nullopt;
}

/// One tensor of the model and all names it goes by.
struct Entry {
  at::Tensor tensor;
  std::vector<std::string> names;
};

bool same_memory(const at::Tensor& a, const at::Tensor& b) {
  return a.is_same(b) || (a.numel() > 0 && a.const_data_ptr() == b.const_data_ptr() && a.sizes() == b.sizes() &&
                          a.strides() == b.strides() && a.scalar_type() == b.scalar_type());
}

std::vector<Entry> entries_of(const TrainingModule& model) {
  std::vector<Entry> entries;
  std::map<const void*, std::size_t> by_address;
  std::vector<NamedTensor> tensors = model.named_parameters();
  for (NamedTensor& buffer : model.named_buffers()) tensors.push_back(std::move(buffer));
  for (NamedTensor& named : tensors) {
    const void* address = named.tensor.numel() > 0 ? named.tensor.const_data_ptr() : named.tensor.unsafeGetTensorImpl();
    const auto [known, is_new] = by_address.try_emplace(address, entries.size());
    if (is_new || !same_memory(entries[known->second].tensor, named.tensor)) {
      entries.push_back({std::move(named.tensor), {std::move(named.name)}});
    } else {
      entries[known->second].names.push_back(std::move(named.name));
    }
  }
  return entries;
}

std::span<const std::byte> bytes_of(const at::Tensor& tensor) {
  return {static_cast<const std::byte*>(tensor.const_data_ptr()), tensor.nbytes()};
}
std::span<std::byte> writable_bytes_of(const at::Tensor& tensor) {
  return {static_cast<std::byte*>(tensor.mutable_data_ptr()), tensor.nbytes()};
}

std::string describe(std::span<const std::int64_t> shape, std::string_view dtype) {
  std::ostringstream text;
  text << dtype << " [";
  for (std::size_t i = 0; i < shape.size(); ++i) text << (i > 0 ? ", " : "") << shape[i];
  text << "]";
  return text.str();
}

std::string describe(const at::Tensor& tensor) {
  const auto dtype = dtype_of(tensor);
  return describe({tensor.sizes().data(), tensor.sizes().size()},
                  dtype ? safetensors::dtype_name(*dtype) : "unknown dtype");
}

/// On one line; the first few stand for all if there are many.
std::string listed(const std::vector<std::string>& problems) {
  constexpr std::size_t kShown = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(problems.size(), kShown); ++i) text += (i > 0 ? "; " : "") + problems[i];
  if (problems.size() > kShown) text += "; and " + std::to_string(problems.size() - kShown) + " more";
  return text;
}

/// Pairs the tensors of a model and a file; what does not fit is told in `problems`.
class Matching {
 public:
  Matching(const std::vector<Entry>& entries, const safetensors::Reader& reader) {
    for (const Entry& entry : entries) match(entry, reader);
    for (const safetensors::TensorInfo& tensor : reader.layout().tensors) {
      if (!known(entries, tensor.name)) problems_.push_back("\"" + tensor.name + "\" is not in the model");
    }
  }

  const std::vector<std::pair<at::Tensor, const safetensors::TensorInfo*>>& pairs() const { return pairs_; }
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  void match(const Entry& entry, const safetensors::Reader& reader) {
    const safetensors::TensorInfo* found = nullptr;
    for (const std::string& name : entry.names) {
      if (found == nullptr) found = reader.find(name);
    }
    const std::string expected = "\"" + entry.names.front() + "\": expected " + describe(entry.tensor) + ", found ";
    if (found == nullptr) {
      problems_.push_back(expected + "nothing");
    } else if (dtype_of(entry.tensor) != found->dtype || entry.tensor.sizes() != at::IntArrayRef(found->shape)) {
      problems_.push_back(expected + describe(found->shape, safetensors::dtype_name(found->dtype)));
    } else {
      pairs_.emplace_back(entry.tensor, found);
    }
  }

  static bool known(const std::vector<Entry>& entries, const std::string& name) {
    return std::any_of(entries.begin(), entries.end(), [&](const Entry& e) {
      return std::find(e.names.begin(), e.names.end(), name) != e.names.end();
    });
  }

  std::vector<std::pair<at::Tensor, const safetensors::TensorInfo*>> pairs_;
  std::vector<std::string> problems_;
};

}  // namespace

void save_module(const TrainingModule& model, const std::filesystem::path& file) {
  std::vector<at::Tensor> on_host;  // keeps copies alive while views point at them
  std::vector<safetensors::TensorView> views;
  safetensors::Metadata metadata = {{"format", "pt"}};
  for (const Entry& entry : entries_of(model)) {
    const std::string& name = entry.names.front();
    const auto dtype = dtype_of(entry.tensor);
    if (!dtype)
      throw CheckpointError(file.string() + ": tensor \"" + name + "\": safetensors has no dtype for " +
                            std::string(entry.tensor.dtype().name()));
    const at::Tensor& tensor = on_host.emplace_back(entry.tensor.detach().to(at::kCPU).contiguous());
    views.push_back({name, *dtype, tensor.sizes().vec(), bytes_of(tensor)});
    for (std::size_t i = 1; i < entry.names.size(); ++i) metadata[entry.names[i]] = name;
  }
  safetensors::write(file, std::move(views), metadata);
}

void load_module(const TrainingModule& model, const std::filesystem::path& file) {
  safetensors::Reader reader(file);
  const Matching matching(entries_of(model), reader);
  if (!matching.problems().empty()) {
    throw CheckpointError(file.string() + " does not fit the model: " + listed(matching.problems()));
  }
  std::vector<at::Tensor> loaded;
  for (const auto& [tensor, info] : matching.pairs()) {
    loaded.push_back(at::empty(tensor.sizes(), tensor.options().device(at::kCPU).requires_grad(false)));
    reader.read(*info, writable_bytes_of(loaded.back()));
  }
  const at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < loaded.size(); ++i) matching.pairs()[i].first.copy_(loaded[i]);
}

}  // namespace baton::train
