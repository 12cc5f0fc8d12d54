#include <algorithm>
#include <bit>
#include <initializer_list>
#include <limits>
#include <map>
#include <utility>

#include "baton/core/errors.h"
#include "src/formats/pickle.h"
#include "src/formats/pickle_codes.h"

namespace baton::pt {
namespace {

class Pickler {
 public:
  Pickler(const KeyOfStorage& key_of_storage, const std::string& where, Dialect dialect)
      : key_of_storage_(key_of_storage), where_(where), dialect_(dialect) {}

  std::string pickle(const Value& value) {
    op(Op::kProto).number(2, 1);
    write(value);
    op(Op::kStop);
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const { throw CheckpointError(where_ + ": " + problem); }

  Pickler& op(Op code) {
    out_.push_back(static_cast<char>(code));
    return *this;
  }
  Pickler& number(std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) out_.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
    return *this;
  }

  void write(const Value& value) {
    if (depth_ > kMaxDepth) fail("values are nested more than " + std::to_string(kMaxDepth) + " deep");
    ++depth_;
    std::visit([&](const auto& content) { put(content); }, value.data);
    --depth_;
  }

  void put(std::nullptr_t) { op(Op::kNone); }
  void put(bool value) { op(value ? Op::kNewTrue : Op::kNewFalse); }
  void put(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    if (value >= 0 && value <= 0xFF) {
      op(Op::kBinInt1).number(bits, 1);
    } else if (value >= 0 && value <= 0xFFFF) {
      op(Op::kBinInt2).number(bits, 2);
    } else if (value == static_cast<std::int32_t>(value)) {
      op(Op::kBinInt).number(bits, 4);
    } else {
      put_long(value);
    }
  }
  /// In as few bytes as keep the sign, if the reader takes any number of them.
  void put_long(std::int64_t value) {
    std::size_t width = dialect_ == Dialect::kPython ? 5 : 8;
    while (width < 8 && (value >> (8 * width - 1)) != (value < 0 ? -1 : 0)) ++width;
    op(Op::kLong1).number(width, 1).number(static_cast<std::uint64_t>(value), width);
  }
  void put(double value) {
    op(Op::kBinFloat);
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (int shift = 56; shift >= 0; shift -= 8) out_.push_back(static_cast<char>(bits >> shift & 0xFFU));
  }
  void put(const std::string& text) { put_text(text); }
  void put_text(std::string_view text) {
    if (text.size() > std::numeric_limits<std::uint32_t>::max()) fail("a text is larger than 4 GiB");
    op(Op::kBinUnicode).number(text.size(), 4);
    out_.append(text);
  }
  /// Protocol 2 has no bytes: they are the text of the same code points, encoded again.
  void put(const Bytes& bytes) {
    std::string text;
    for (const char c : bytes.data) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x80U) {
        text.push_back(c);
      } else {
        text.push_back(static_cast<char>(0xC0U | byte >> 6U));
        text.push_back(static_cast<char>(0x80U | (byte & 0x3FU)));
      }
    }
    put_global(Global::kEncode);
    put_text(text);
    put_text("latin1");
    op(Op::kTuple2).op(Op::kReduce);
  }

  void put(const List& list) {
    op(Op::kEmptyList).op(Op::kMark);
    for (const Value& item : list) write(item);
    op(Op::kAppends);
  }
  void put(const Tuple& tuple) {
    op(Op::kMark);
    for (const Value& item : tuple.items) write(item);
    op(Op::kTuple);
  }
  void put(const Dict& dict) {
    if (!dict.class_name.empty()) return put_object(dict);
    if (dict.ordered) {
      put_ordered_dict();
    } else {
      op(Op::kEmptyDict);
    }
    put_items(dict);
  }
  void put_object(const Dict& object) {
    const std::size_t dot = object.class_name.rfind('.');
    if (dot == std::string::npos) fail("\"" + object.class_name + "\" is no class of a module");
    put_global(object.class_name.substr(0, dot), object.class_name.substr(dot + 1));
    op(Op::kEmptyTuple).op(Op::kNewObj).op(Op::kEmptyDict);
    put_items(object);
    op(Op::kBuild);
  }
  void put_items(const Dict& dict) {
    op(Op::kMark);
    for (const auto& [key, item] : dict.items) {
      write(key);
      write(item);
    }
    op(Op::kSetItems);
  }

  void put(const Tensor& tensor) {
    if (const std::string problem = tensor.problem(); !problem.empty()) fail("a tensor is wrong: " + problem);
    const GlobalRow* storage = storage_class(tensor.dtype);
    put_global(storage != nullptr ? Global::kRebuildTensor : Global::kRebuildTensorV3);
    op(Op::kMark);
    put_storage(tensor, storage);
    put(tensor.offset);
    put_integers(tensor.shape);
    put_integers(tensor.strides);
    put(tensor.requires_grad);
    put_ordered_dict();  // hooks
    if (storage == nullptr) put_global(*row_of(Global::kTorchDtype, tensor.dtype));
    op(Op::kTuple).op(Op::kReduce);
  }
  /// Null if tensors of this dtype lie in a storage of plain bytes.
  const GlobalRow* storage_class(Dtype dtype) const {
    const GlobalRow* row = row_of(Global::kStorage, dtype);
    return row == nullptr && dialect_ == Dialect::kTorchScript ? row_of(Global::kScriptStorage, dtype) : row;
  }
  void put_storage(const Tensor& tensor, const GlobalRow* type) {
    if (dialect_ == Dialect::kPython) return put_new_storage(tensor, type);
    const auto [known, is_new] = remembered_.emplace(std::pair(tensor.storage.get(), tensor.dtype), remembered_.size());
    if (!is_new) {
      op(Op::kLongBinGet).number(known->second, 4);
      return;
    }
    put_new_storage(tensor, type);
    op(Op::kLongBinPut).number(known->second, 4);
  }
  void put_new_storage(const Tensor& tensor, const GlobalRow* type) {
    const std::size_t width = type != nullptr ? safetensors::dtype_bytes(tensor.dtype) : 1;
    if (tensor.storage->content.size() % width != 0) fail("a tensor's storage holds a part of an element");
    op(Op::kMark);
    put_text("storage");
    put_global(type != nullptr ? *type : *row_of(Global::kUntypedStorage, Dtype::kU8));
    put_text(key_of_storage_(tensor.storage));
    put_text(tensor.storage->device);
    put(static_cast<std::int64_t>(tensor.storage->content.size() / width));
    op(Op::kTuple).op(Op::kBinPersId);
  }

  void put(const NumpyArray& array) {
    if (array.dtype.size() < 3) fail("\"" + array.dtype + "\" is no dtype of numpy such as \"<u4\"");
    put_global(Global::kReconstruct);
    put_global(Global::kNdarray);
    put_integers({0});
    put(Bytes{"b"});
    op(Op::kTuple3).op(Op::kReduce).op(Op::kMark);
    put(std::int64_t{1});  // version of this state
    put_integers(array.shape);
    put_numpy_dtype(array.dtype);
    put(array.fortran_order);
    put(Bytes{array.data});
    op(Op::kTuple).op(Op::kBuild);
  }
  void put_numpy_dtype(const std::string& dtype) {
    put_global(Global::kNumpyDtype);
    put_text(std::string_view(dtype).substr(1));
    put(false);
    put(true);
    op(Op::kTuple3).op(Op::kReduce).op(Op::kMark);
    put(std::int64_t{3});  // version of this state
    put_text(std::string_view(dtype).substr(0, 1));
    for (int i = 0; i < 3; ++i) put(nullptr);
    for (const int field : {-1, -1, 0}) put(std::int64_t{field});  // size and alignment of records, flags
    op(Op::kTuple).op(Op::kBuild);
  }

  void put_integers(const std::vector<std::int64_t>& numbers) {
    op(Op::kMark);
    for (const std::int64_t number : numbers) put(number);
    op(Op::kTuple);
  }
  void put_ordered_dict() {
    put_global(Global::kOrderedDict);
    op(Op::kEmptyTuple).op(Op::kReduce);
  }

  static const GlobalRow* row_of(Global global, Dtype dtype) {
    const auto row = std::find_if(kGlobals.begin(), kGlobals.end(),
                                  [&](const GlobalRow& r) { return r.global == global && r.dtype == dtype; });
    return row == kGlobals.end() ? nullptr : &*row;
  }
  void put_global(Global global) { put_global(*row_of(global, Dtype::kU8)); }
  void put_global(const GlobalRow& row) { put_global(row.module, row.name); }
  void put_global(std::string_view module, std::string_view name) {
    op(Op::kGlobal);
    out_.append(module).append("\n").append(name).append("\n");
  }

  const KeyOfStorage& key_of_storage_;
  const std::string& where_;
  Dialect dialect_;
  std::map<std::pair<const Storage*, Dtype>, std::size_t> remembered_;
  std::string out_;
  int depth_ = 0;
};

}  // namespace

std::string pickle_of(const Value& value, const KeyOfStorage& key_of_storage, const std::string& where,
                      Dialect dialect) {
  return Pickler(key_of_storage, where, dialect).pickle(value);
}

}  // namespace baton::pt
