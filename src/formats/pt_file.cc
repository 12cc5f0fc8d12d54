#include <map>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/base/mapped_file.h"
#include "src/formats/pickle.h"
#include "src/formats/pt.h"
#include "src/formats/stored_zip.h"

namespace baton::pt {
namespace {

constexpr std::string_view kPickle = "data.pkl";

std::string_view text_of(const zip::Entry& entry) {
  return {reinterpret_cast<const char*>(entry.bytes.data()), entry.bytes.size()};
}

/// The archive's parts, under the one folder that all of them have in common.
class Archive {
 public:
  Archive(std::span<const std::byte> file, const std::string& where) : where_(where), zip_(file, where) {
    for (const zip::Entry& entry : zip_.entries()) {
      const std::size_t slash = entry.name.find('/');
      if (slash != entry.name.npos && entry.name.substr(slash + 1) == kPickle)
        folder_ = entry.name.substr(0, slash + 1);
    }
  }

  const zip::Entry& entry(std::string_view name) const {
    const zip::Entry* found = zip_.find(folder_ + std::string(name));
    if (found == nullptr) throw CheckpointError(where_ + ": no file of torch.save: it has no " + std::string(name));
    if (found->deflated) throw CheckpointError(where_ + ": " + std::string(name) + " is compressed, expected it as is");
    return *found;
  }

  /// Everything that is read but the tensors, with `all` those and what is not read.
  void check(bool all) const {
    for (const zip::Entry& entry : zip_.entries()) {
      const bool nested = entry.name.find('/', folder_.size()) != entry.name.npos;  // data/, code/, constants/, ...
      if (all || !nested) zip_.check(entry);
    }
    const zip::Entry* order = zip_.find(folder_ + "byteorder");
    if (order != nullptr && text_of(*order) != "little") {
      throw CheckpointError(where_ + ": its byte order is " + std::string(text_of(*order)) + ", expected little");
    }
    entry("version");
  }

 private:
  std::string where_;
  zip::Reader zip_;
  std::string folder_;
};

/// Storages by key, each once however many tensors share it.
class Storages {
 public:
  Storages(const Archive& archive, std::shared_ptr<const void> owner) : archive_(archive), owner_(std::move(owner)) {}

  std::shared_ptr<Storage> operator[](const std::string& key) {
    std::shared_ptr<Storage>& storage = storages_[key];
    if (!storage)
      storage = std::make_shared<Storage>(Storage{.content = archive_.entry("data/" + key).bytes, .owner = owner_});
    return storage;
  }

 private:
  const Archive& archive_;
  std::shared_ptr<const void> owner_;
  std::map<std::string, std::shared_ptr<Storage>> storages_;
};

}  // namespace

Value parse_pt(std::span<const std::byte> file, const std::string& where, Check check,
               const std::shared_ptr<const void>& owner) {
  const Archive archive(file, where);
  archive.entry(kPickle);
  archive.check(check == Check::kAll);
  Storages storages(archive, owner);
  return parse_pickle(
      text_of(archive.entry(kPickle)), [&](const std::string& key) { return storages[key]; }, where);
}

Value read_pt(const std::filesystem::path& path, Check check) {
  std::shared_ptr<const MappedFile> file;
  try {
    file = std::make_shared<const MappedFile>(path);
  } catch (const FileError& error) {
    throw CheckpointError(error.what());
  }
  return parse_pt(file->bytes(), path.string(), check, file);
}

void write_pt(ByteSink& sink, const std::string& name, const Value& value) {
  std::vector<std::shared_ptr<const Storage>> storages;
  std::map<const Storage*, std::string> keys;
  const auto key_of = [&](const std::shared_ptr<const Storage>& storage) {
    const auto [row, is_new] = keys.emplace(storage.get(), std::to_string(storages.size()));
    if (is_new) storages.push_back(storage);
    return row->second;
  };
  const std::string pickle = pickle_of(value, key_of, name);
  const std::string folder = name + "/";
  zip::Writer archive(sink);
  archive.add(folder + std::string(kPickle), pickle);
  archive.add(folder + ".format_version", "1");
  archive.add(folder + ".storage_alignment", "64");
  archive.add(folder + "byteorder", "little");
  for (std::size_t i = 0; i < storages.size(); ++i) {
    archive.add(folder + "data/" + std::to_string(i), storages[i]->content);
  }
  archive.add(folder + "version", "3\n");
  archive.finish();
}

void write_pt(const std::filesystem::path& path, const Value& value) {
  try {
    replace_file(path, [&](ByteSink& sink) { write_pt(sink, path.stem().string(), value); });
  } catch (const std::exception& error) {
    throw CheckpointError(path.string() + ": cannot be written: " + error.what());
  }
}

}  // namespace baton::pt
