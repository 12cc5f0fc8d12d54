// The .pt format of torch.save: a zip archive that holds a pickle (data.pkl) and the bytes of the tensors (data/0,
// ...). Values are plain data, so that tools read checkpoints without torch.
//
// Read is a closed list of what checkpoints hold; nothing in a file is executed, and depth and size are bounded:
// tensors and parameters, dict and OrderedDict (without its attributes), list, tuple and torch.Size, int of at most 64
// bits, float, bool, None, str, bytes, and numpy arrays of plain numbers, as they stand in rng_state.pth. Of
// TorchScript archives, which C++'s torch::save and Python's torch.jit.save write, also objects of the archive's own
// classes, as the attributes they have; their code is not looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "src/formats/content.h"
#include "src/formats/safetensors.h"

namespace baton::pt {

using safetensors::Dtype;

/// The memory of one or more tensors, stored once in a file.
struct Storage {
  Content content;                    ///< read from a file: in memory
  std::string device = "cpu";         ///< where the tensors were, such as "cuda:0"
  std::shared_ptr<const void> owner;  ///< keeps the memory valid, if anything has to
};

/// A view of a storage. Offset and strides count elements.
struct Tensor {
  std::shared_ptr<const Storage> storage;
  Dtype dtype = Dtype::kF32;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;
  bool requires_grad = false;

  /// All of `content`, row-major, in a storage of its own.
  static Tensor contiguous(Dtype dtype, std::vector<std::int64_t> shape, Content content);

  std::uint64_t elements() const;
  /// True if the elements lie one after the other, row-major.
  bool is_contiguous() const;
  /// The elements' bytes, row-major. Only for contiguous tensors in memory.
  std::span<const std::byte> bytes() const;
  /// What is wrong with it, such as elements outside of the storage; empty if nothing is.
  std::string problem() const;
};

struct Value;
using List = std::vector<Value>;
using Item = std::pair<Value, Value>;

struct Tuple {
  std::vector<Value> items;
};

/// Python's dict, or OrderedDict if `ordered`; both keep the order of their items. Or an object of a TorchScript
/// archive: its attributes by name.
struct Dict {
  std::vector<Item> items;
  bool ordered = false;
  std::string class_name;  ///< of an object: "__torch__.Net"; else empty

  /// The value under a text key, or null.
  const Value* find(std::string_view key) const;
  void set(std::string key, Value value);  ///< appends; the key must be new
};

struct Bytes {
  std::string data;
};

struct NumpyArray {
  std::string dtype;  ///< numpy's text for it: "<u4"
  std::vector<std::int64_t> shape;
  bool fortran_order = false;
  std::string data;
};

struct Value {
  using Data = std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Bytes, List, Tuple, Dict, Tensor,
                            NumpyArray>;
  Data data = nullptr;

  Value() = default;
  Value(std::nullptr_t) {}
  Value(bool value) : data(value) {}
  Value(int value) : data(std::int64_t{value}) {}
  Value(std::int64_t value) : data(value) {}
  Value(double value) : data(value) {}
  Value(const char* value) : data(std::string(value)) {}
  Value(std::string value) : data(std::move(value)) {}
  Value(Bytes value) : data(std::move(value)) {}
  Value(List value) : data(std::move(value)) {}
  Value(Tuple value) : data(std::move(value)) {}
  Value(Dict value) : data(std::move(value)) {}
  Value(Tensor value) : data(std::move(value)) {}
  Value(NumpyArray value) : data(std::move(value)) {}

  /// The content if it is a T, or null.
  template <class T>
  const T* get() const {
    return std::get_if<T>(&data);
  }
};

/// What is compared with the archive's checksums.
enum class Check { kAll, kAllButTensors };

/// The value in a file. Its tensors look into the file, which stays mapped as long as one of them lives and must not be
/// shortened meanwhile. Throws CheckpointError naming the file if it cannot be read, is damaged or holds something else
/// than listed above. kAllButTensors leaves the tensors' bytes unread, so that it takes no longer for a large file.
Value read_pt(const std::filesystem::path& path, Check check = Check::kAll);
/// The same from memory, which `owner` keeps alive for the tensors. Messages begin with `where`.
Value parse_pt(std::span<const std::byte> file, const std::string& where, Check check = Check::kAll,
               const std::shared_ptr<const void>& owner = nullptr);

/// Writes what torch.load(weights_only=True) reads. `name` is that of the file, without its ending. Each storage is
/// written once, straight from its memory, however many tensors share it. Throws CheckpointError if a tensor does not
/// fit its storage.
void write_pt(ByteSink& sink, const std::string& name, const Value& value);
/// The same into a file, which is complete or unchanged. Throws CheckpointError naming it.
void write_pt(const std::filesystem::path& path, const Value& value);

}  // namespace baton::pt
