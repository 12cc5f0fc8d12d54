#include "src/formats/script_archive.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/formats/pickle.h"
#include "src/formats/pickle_codes.h"
#include "src/formats/stored_zip.h"

namespace baton {
namespace {

using pt::Dict;
using pt::Dtype;

/// A module as it will be declared and pickled.
struct Module {
  std::string name;  ///< in its parent
  std::string class_name;
  std::vector<const StoredTensor*> parameters;
  std::vector<const StoredTensor*> buffers;
  std::vector<Module> children;
};

std::string_view last_part(std::string_view name) { return name.substr(name.rfind('.') + 1); }

bool is_buffer(const StoredTensor& named) {
  constexpr std::array kNumbers = {Dtype::kF8E5M2, Dtype::kF8E4M3, Dtype::kF16, Dtype::kBF16, Dtype::kF32, Dtype::kF64};
  const std::string_view name = last_part(named.name);
  return name == "running_mean" || name == "running_var" ||
         std::find(kNumbers.begin(), kNumbers.end(), named.tensor.dtype) == kNumbers.end();
}

/// Sorts tensors into the modules that their names speak of.
class ModuleTree {
 public:
  ModuleTree(const Weights& weights, const std::vector<std::string>& modules, const std::string& where)
      : where_(where) {
    root_.class_name = std::string(pt::kScriptModule) + ".Module";
    for (const StoredTensor& named : weights.tensors) add(named);
    for (const std::string& name : modules) {
      check(name);
      module_of(name + ".");
    }
    fill_gaps(root_, "");
  }
  const Module& root() const { return root_; }

 private:
  [[noreturn]] void fail(const std::string& name, const std::string& problem) const {
    throw CheckpointError(where_ + ": LibTorch cannot have the name \"" + name + "\": " + problem);
  }

  void add(const StoredTensor& named) {
    check(named.name);
    Module& module = module_of(named.name);
    (is_buffer(named) ? module.buffers : module.parameters).push_back(&named);
    if (!names_.emplace(named.name, std::nullopt).second) fail(named.name, "a module or another tensor has this name");
  }

  /// The module that the name says something is in, made if there is none.
  Module& module_of(const std::string& name) {
    Module* module = &root_;
    std::size_t begin = 0;
    for (std::size_t dot; (dot = name.find('.', begin)) != name.npos; begin = dot + 1) {
      module = &child_of(*module, name.substr(0, dot), begin);
    }
    return *module;
  }

  /// A Sequential with weights at 0 and 2 has a module at 1, too.
  void fill_gaps(Module& module, const std::string& prefix) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    std::size_t count = 0;
    for (const Module& child : module.children) {
      const bool number = child.name.size() <= 3 && std::all_of(child.name.begin(), child.name.end(), is_digit);
      if (number) count = std::max<std::size_t>(count, std::stoul(child.name) + 1);
    }
    for (std::size_t i = 0; i < count; ++i) {
      const std::string name = prefix + std::to_string(i);
      if (names_.count(name) == 0) child_of(module, name, prefix.size());
    }
    for (Module& child : module.children) fill_gaps(child, prefix + child.name + ".");
  }

  /// The submodule of that whole name, of which the last part begins at `begin`.
  Module& child_of(Module& parent, const std::string& name, std::size_t begin) {
    const auto [known, is_new] = names_.emplace(name, parent.children.size());
    if (!known->second) fail(name, "other tensors are in a module of this name");
    if (is_new) {
      const std::string number = std::to_string(modules_++);
      parent.children.push_back(
          {.name = name.substr(begin),
           .class_name = std::string(pt::kScriptModule) + ".___torch_mangle_" + number + ".Module"});
    }
    return parent.children[*known->second];
  }

  void check(const std::string& name) const {
    const auto bad = [](unsigned char c) { return c == '"' || c == '\\' || c < ' ' || c == 0x7F; };
    if (std::any_of(name.begin(), name.end(), bad)) fail(name, "it has a quote, a backslash or a control character");
    if (name.empty() || name.front() == '.' || name.back() == '.' || name.find("..") != name.npos) {
      fail(name, "a part of it is empty");
    }
    if (std::count(name.begin(), name.end(), '.') >= pt::kMaxDepth) {
      fail(name, "its modules are nested more than " + std::to_string(pt::kMaxDepth) + " deep");
    }
  }

  std::string where_;
  Module root_;
  std::size_t modules_ = 0;
  std::map<std::string, std::optional<std::size_t>> names_;  ///< of a module: its place in its parent
};

std::string name_list(const std::vector<const StoredTensor*>& tensors) {
  std::string text = "[";
  for (const StoredTensor* named : tensors) text.append("\"").append(last_part(named->name)).append("\", ");
  return text + "]";
}

/// The class in TorchScript. Quoted, a name may be a number or a word of the language.
std::string declaration(const Module& module) {
  std::string text = "class Module(Module):\n";
  text += "  __parameters__ = " + name_list(module.parameters) + "\n";
  text += "  __buffers__ = " + name_list(module.buffers) + "\n";
  text += "  __annotations__ = []\n";
  const auto declare = [&](std::string_view name, std::string_view type) {
    text.append("  __annotations__[\"").append(name).append("\"] = ").append(type).append("\n");
  };
  for (const auto* tensors : {&module.parameters, &module.buffers}) {
    for (const StoredTensor* named : *tensors) declare(last_part(named->name), "Tensor");
  }
  for (const Module& child : module.children) declare(child.name, child.class_name);
  return text;
}

/// "code/__torch__.py" for __torch__.Module, "code/__torch__/a.py" for __torch__.a.Module
std::string code_path(const Module& module) {
  std::string path = module.class_name.substr(0, module.class_name.rfind('.'));
  std::replace(path.begin(), path.end(), '.', '/');
  return "code/" + path + ".py";
}

pt::Value object_of(const Module& module) {
  Dict object{.class_name = module.class_name};
  const auto add = [&](const std::vector<const StoredTensor*>& tensors, bool trainable) {
    for (const StoredTensor* named : tensors) {
      pt::Tensor tensor = named->tensor;
      tensor.requires_grad = trainable;
      object.set(std::string(last_part(named->name)), std::move(tensor));
    }
  };
  add(module.parameters, true);
  add(module.buffers, false);
  for (const Module& child : module.children) object.set(child.name, object_of(child));
  return object;
}

void add_code(zip::Writer& archive, const std::string& folder, const Module& module) {
  archive.add(folder + code_path(module), declaration(module));
  for (const Module& child : module.children) add_code(archive, folder, child);
}

void write_archive(ByteSink& out, const std::string& name, const Module& root) {
  std::vector<std::shared_ptr<const pt::Storage>> storages;
  std::map<const pt::Storage*, std::string> keys;
  const auto key_of = [&](const std::shared_ptr<const pt::Storage>& storage) {
    const auto [row, is_new] = keys.emplace(storage.get(), std::to_string(storages.size()));
    if (is_new) storages.push_back(storage);
    return row->second;
  };
  const std::string pickle = pt::pickle_of(object_of(root), key_of, name, pt::Dialect::kTorchScript);
  const std::string folder = name + "/";
  zip::Writer archive(out);
  for (std::size_t i = 0; i < storages.size(); ++i) {
    archive.add(folder + "data/" + std::to_string(i), storages[i]->content);
  }
  archive.add(folder + "data.pkl", pickle);
  add_code(archive, folder, root);
  archive.add(folder + "constants.pkl", pt::pickle_of(pt::Tuple{}, key_of, name));
  archive.add(folder + "version", "3\n");
  archive.add(folder + "byteorder", "little");
  archive.finish();
}

}  // namespace

void write_script_archive(const std::filesystem::path& path, const Weights& weights,
                          const std::vector<std::string>& modules) {
  const ModuleTree tree(weights, modules, path.string());
  try {
    replace_file(path, [&](ByteSink& sink) { write_archive(sink, path.stem().string(), tree.root()); });
  } catch (const FileError& error) {
    throw CheckpointError(path.string() + ": cannot be written: " + error.what());
  }
}

}  // namespace baton
