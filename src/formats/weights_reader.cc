#include <algorithm>
#include <map>
#include <set>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/base/mapped_file.h"
#include "src/formats/weights.h"

namespace baton {
namespace {

using pt::Dict;
using pt::Value;

bool holds_tensor(const Value& value) {
  if (const auto* list = value.get<pt::List>()) return std::any_of(list->begin(), list->end(), holds_tensor);
  if (const auto* tuple = value.get<pt::Tuple>()) {
    return std::any_of(tuple->items.begin(), tuple->items.end(), holds_tensor);
  }
  const Dict* dict = value.get<Dict>();
  if (dict == nullptr) return value.get<pt::Tensor>() != nullptr;
  return std::any_of(dict->items.begin(), dict->items.end(),
                     [](const auto& item) { return holds_tensor(item.second); });
}

std::string joined(const std::string& path, const std::string& name) { return path.empty() ? name : path + "." + name; }

/// Finds the tensors in what a .pt file holds.
class Finder {
 public:
  explicit Finder(const std::string& where) : where_(where) {}

  Weights find(const Value& root, std::string_view key) {
    const Dict* dict = key.empty() ? root.get<Dict>() : part(root, key).get<Dict>();
    if (dict == nullptr) fail(key.empty() ? "it holds no dict" : "\"" + std::string(key) + "\" is no dict");
    if (dict->find("param_groups") != nullptr) fail("it holds the state of an optimizer, expected weights");
    if (dict->class_name.empty()) {
      found_.format = WeightsFormat::kStateDict;
      check_keys(*dict);
      add_items(*dict);
    } else {
      found_.format = WeightsFormat::kLibtorch;
      add_module("", *dict);
    }
    if (found_.tensors.empty()) fail("it holds no weights");
    return std::move(found_);
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const { throw CheckpointError(where_ + ": " + problem); }

  /// Keys may have dots themselves, so every way to cut the path is tried.
  static const Value* find_part(const Value& value, std::string_view key) {
    const Dict* dict = value.get<Dict>();
    if (dict == nullptr) return nullptr;
    if (const Value* found = dict->find(key)) return found;
    for (std::size_t dot = key.find('.'); dot != key.npos; dot = key.find('.', dot + 1)) {
      const Value* first = dict->find(key.substr(0, dot));
      const Value* found = first == nullptr ? nullptr : find_part(*first, key.substr(dot + 1));
      if (found != nullptr) return found;
    }
    return nullptr;
  }
  const Value& part(const Value& root, std::string_view key) const {
    const Value* found = find_part(root, key);
    if (found == nullptr) fail("it has no key \"" + std::string(key) + "\"" + keys_text(root));
    return *found;
  }

  /// "; its keys are "epoch", "model"", the first few of them.
  static std::string keys_text(const Value& value) {
    constexpr std::size_t kShown = 10;
    const Dict* dict = value.get<Dict>();
    std::string text;
    for (std::size_t i = 0; dict != nullptr && i < std::min(dict->items.size(), kShown); ++i) {
      const auto* name = dict->items[i].first.get<std::string>();
      text += (text.empty() ? "; its keys are \"" : ", \"") + (name != nullptr ? *name : "?") + "\"";
    }
    return text + (dict != nullptr && dict->items.size() > kShown ? ", ..." : "");
  }

  void check_keys(const Dict& dict) const {
    std::string nested;
    for (const auto& [key, value] : dict.items) {
      const auto* name = key.get<std::string>();
      if (name == nullptr) fail("it has a key that is no text, expected a dict of tensors by name");
      const bool below = value.get<pt::Tensor>() == nullptr && holds_tensor(value);
      if (below && value.get<Dict>() != nullptr) nested += (nested.empty() ? "--key " : " or --key ") + *name;
    }
    if (!nested.empty()) fail("its tensors are further down, expected " + nested);
  }

  void add(const std::string& name, const pt::Tensor& tensor) {
    if (!names_.insert(name).second) fail("two tensors are called \"" + name + "\"");
    pt::Tensor on_host = tensor;
    std::shared_ptr<const pt::Storage>& storage = on_host_[tensor.storage.get()];
    if (!storage)
      storage = std::make_shared<pt::Storage>(pt::Storage{tensor.storage->content, "cpu", tensor.storage->owner});
    on_host.storage = storage;
    found_.tensors.push_back({name, std::move(on_host)});
  }
  void add_items(const Dict& dict) {
    for (const auto& [key, value] : dict.items) {
      const std::string& name = *key.get<std::string>();
      const auto* tensor = value.get<pt::Tensor>();
      if (tensor != nullptr) {
        add(name, *tensor);
      } else {
        found_.left_out.push_back(name);
      }
    }
  }
  void add_module(const std::string& path, const Dict& module) {
    for (const auto& [key, value] : module.items) {
      const std::string name = joined(path, *key.get<std::string>());
      const Dict* dict = value.get<Dict>();
      if (const auto* tensor = value.get<pt::Tensor>()) {
        add(name, *tensor);
      } else if (dict != nullptr && !dict->class_name.empty()) {
        add_module(name, *dict);
      } else if (holds_tensor(value)) {
        found_.left_out.push_back(name);
      }
    }
  }

  const std::string& where_;
  Weights found_;
  std::set<std::string> names_;
  std::map<const pt::Storage*, std::shared_ptr<const pt::Storage>> on_host_;
};

std::shared_ptr<const MappedFile> mapped(const std::filesystem::path& path) {
  try {
    return std::make_shared<const MappedFile>(path);
  } catch (const FileError& error) {
    throw CheckpointError(error.what());
  }
}

Weights read_safetensors(const std::filesystem::path& path) {
  const safetensors::Layout layout = safetensors::Reader(path).layout();
  const std::shared_ptr<const MappedFile> file = mapped(path);
  Weights weights{.format = WeightsFormat::kSafetensors, .metadata = layout.metadata};
  std::map<std::string_view, const pt::Tensor*> by_name;
  weights.tensors.reserve(layout.tensors.size() + layout.metadata.size());  // pointers into it stay valid
  for (const safetensors::TensorInfo& info : layout.tensors) {
    pt::Tensor tensor = pt::Tensor::contiguous(info.dtype, info.shape, file->bytes().subspan(info.begin, info.size));
    tensor.storage = std::make_shared<pt::Storage>(pt::Storage{tensor.storage->content, "cpu", file});
    weights.tensors.push_back({info.name, std::move(tensor)});
    by_name[info.name] = &weights.tensors.back().tensor;
  }
  for (const auto& [name, target] : layout.metadata) {
    const auto tied = by_name.find(target);
    if (tied == by_name.end() || by_name.count(name) != 0) continue;
    weights.tensors.push_back({name, *tied->second});
    weights.metadata.erase(name);
  }
  return weights;
}

void add_module_names(const std::string& path, const Dict& module, std::vector<std::string>& names) {
  for (const auto& [key, value] : module.items) {
    const Dict* child = value.get<Dict>();
    if (child == nullptr || child->class_name.empty()) continue;
    names.push_back(joined(path, *key.get<std::string>()));
    add_module_names(std::string(names.back()), *child, names);
  }
}

}  // namespace

std::vector<std::string> read_module_names(const std::filesystem::path& path) {
  const Value value = pt::read_pt(path);
  const Dict* root = value.get<Dict>();
  if (root == nullptr || root->class_name.empty()) {
    throw CheckpointError(path.string() + ": holds no modules, expected what torch::save(module) writes");
  }
  std::vector<std::string> names;
  add_module_names("", *root, names);
  return names;
}

Weights find_weights(const pt::Value& value, std::string_view key, const std::string& where) {
  return Finder(where).find(value, key);
}

Weights read_weights(const std::filesystem::path& path, std::string_view key) {
  if (path.extension() != ".safetensors") return find_weights(pt::read_pt(path), key, path.string());
  if (!key.empty()) {
    throw CheckpointError(path.string() + ": has no key \"" + std::string(key) + "\": a safetensors file has no keys");
  }
  return read_safetensors(path);
}

}  // namespace baton
