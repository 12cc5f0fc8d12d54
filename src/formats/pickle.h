// The pickle in a .pt file: a program for a stack machine, of which exactly what builds plain data is understood
// (Python's pickletools.py describes the machine). Protocols 2 to 4, of which torch.save writes 2.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "src/formats/pt.h"

namespace baton::pt {

/// The storage under a key of the archive; throws CheckpointError if there is none.
using StorageByKey = std::function<std::shared_ptr<Storage>(const std::string& key)>;
/// The key under which the archive will hold a storage.
using KeyOfStorage = std::function<std::string(const std::shared_ptr<const Storage>& storage)>;

/// Throws CheckpointError that begins with `where` and says at which byte the pickle does something unknown or wrong.
Value parse_pickle(std::string_view pickle, const StorageByKey& storage_by_key, const std::string& where);

/// For whom a pickle is. LibTorch's reader knows a class for every storage, but no dtypes and no integers of 5 to 7
/// bytes, and takes storages for the same one only if the pickle says so.
enum class Dialect { kPython, kTorchScript };

/// Throws CheckpointError that begins with `where` if a tensor does not fit its storage or a value is too deep to be
/// read again.
std::string pickle_of(const Value& value, const KeyOfStorage& key_of_storage, const std::string& where,
                      Dialect dialect = Dialect::kPython);

/// Containers may be this deep in each other.
inline constexpr int kMaxDepth = 100;

}  // namespace baton::pt
