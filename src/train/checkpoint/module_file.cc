#include "src/train/checkpoint/module_file.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "baton/core/errors.h"
#include "src/train/checkpoint/tensor_content.h"

namespace baton::train {
namespace {

/// One tensor of the model that is to be stored, and all names it goes by.
struct Entry {
  at::Tensor tensor;
  std::vector<std::string> names;
  std::vector<std::string> views;  ///< names of tensors whose memory is a part of its own
};

bool same_memory(const at::Tensor& a, const at::Tensor& b) {
  return a.is_same(b) || (a.numel() > 0 && a.const_data_ptr() == b.const_data_ptr() && a.sizes() == b.sizes() &&
                          a.strides() == b.strides() && a.scalar_type() == b.scalar_type());
}

/// Whether it covers all of its storage, so that views of the same one come back with it.
bool is_complete(const at::Tensor& tensor) {
  return tensor.storage_offset() == 0 && tensor.nbytes() == tensor.storage().nbytes();
}

/// The entries for tensors of one storage, by name. As safetensors' own save_model: the first complete one stands for
/// all. Where there is none, each is stored.
void add_entries(std::vector<NamedTensor> tensors, std::vector<Entry>& entries) {
  std::sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  const auto complete =
      std::find_if(tensors.begin(), tensors.end(), [](const auto& t) { return is_complete(t.tensor); });
  std::vector<Entry> own;
  if (complete != tensors.end()) own.push_back({complete->tensor, {}, {}});
  for (NamedTensor& named : tensors) {
    const auto same =
        std::find_if(own.begin(), own.end(), [&](const Entry& e) { return same_memory(e.tensor, named.tensor); });
    if (same != own.end()) {
      same->names.push_back(std::move(named.name));
    } else if (complete != tensors.end()) {
      own.front().views.push_back(std::move(named.name));
    } else {
      own.push_back({std::move(named.tensor), {std::move(named.name)}, {}});
    }
  }
  std::move(own.begin(), own.end(), std::back_inserter(entries));
}

std::vector<Entry> entries_of(const TrainingModule& model) {
  std::vector<NamedTensor> tensors = model.named_parameters();
  for (NamedTensor& buffer : model.named_buffers()) tensors.push_back(std::move(buffer));
  std::vector<std::vector<NamedTensor>> by_storage;
  std::map<const void*, std::size_t> index;
  for (NamedTensor& named : tensors) {
    const auto [known, is_new] = index.try_emplace(named.tensor.storage().unsafeGetStorageImpl(), by_storage.size());
    if (is_new) by_storage.emplace_back();
    by_storage[known->second].push_back(std::move(named));
  }
  std::vector<Entry> entries;
  for (std::vector<NamedTensor>& sharing : by_storage) add_entries(std::move(sharing), entries);
  return entries;
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
      return std::count(e.names.begin(), e.names.end(), name) + std::count(e.views.begin(), e.views.end(), name) > 0;
    });
  }

  std::vector<std::pair<at::Tensor, const safetensors::TensorInfo*>> pairs_;
  std::vector<std::string> problems_;
};

/// Throws CheckpointError if they do not fit.
Matching match(const TrainingModule& model, const safetensors::Reader& reader, const std::filesystem::path& file) {
  Matching matching(entries_of(model), reader);
  if (matching.problems().empty()) return matching;
  throw CheckpointError(file.string() + " does not fit the model: " + listed(matching.problems()));
}

}  // namespace

ModuleContent content_of(const TrainingModule& model, bool detached) {
  ModuleContent content{.tensors = {}, .metadata = {{"format", "pt"}}};
  for (const Entry& entry : entries_of(model)) {
    const std::string& name = entry.names.front();
    const auto dtype = dtype_of(entry.tensor);
    if (!dtype)
      throw CheckpointError("tensor \"" + name + "\": safetensors has no dtype for " +
                            std::string(entry.tensor.dtype().name()));
    content.tensors.push_back(
        {name, *dtype, entry.tensor.sizes().vec(), content_of(detached ? detached_copy(entry.tensor) : entry.tensor)});
    for (std::size_t i = 1; i < entry.names.size(); ++i) content.metadata[entry.names[i]] = name;
    for (const std::string& view : entry.views) content.metadata[view] = name;
  }
  return content;
}

void save_module(const TrainingModule& model, const std::filesystem::path& file) {
  ModuleContent content = content_of(model, false);
  safetensors::write(file, std::move(content.tensors), content.metadata);
}

void check_module(const TrainingModule& model, const std::filesystem::path& file) {
  const safetensors::Reader reader(file);
  match(model, reader, file);
}

void load_module(const TrainingModule& model, const std::filesystem::path& file) {
  safetensors::Reader reader(file);
  const Matching matching = match(model, reader, file);
  std::vector<at::Tensor> loaded;
  for (const auto& [tensor, info] : matching.pairs()) {
    loaded.push_back(at::empty(tensor.sizes(), tensor.options().device(at::kCPU).requires_grad(false)));
    reader.read(*info, writable_bytes_of(loaded.back()));
  }
  const at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < loaded.size(); ++i) matching.pairs()[i].first.copy_(loaded[i]);
}

}  // namespace baton::train
