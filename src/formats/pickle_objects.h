// The objects that a pickle builds, while it does: they refer to each other by number, so that a pickle can neither
// make a cycle that is never freed nor, by sharing, a tree larger than memory before somebody looks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/formats/pickle.h"
#include "src/formats/pickle_codes.h"

namespace baton::pt {

using Ref = std::uint32_t;

struct Object {
  enum class Kind {
    kValue,  ///< complete in `value`
    kList,
    kTuple,
    kDict,  ///< `children` are key, value, key, value, ...
    kOrderedDict,
    kGlobal,      ///< `global`
    kClass,       ///< `value` is its full name
    kInstance,    ///< `value` is the name of its class, `children` is the dict of its attributes, if any
    kStorage,     ///< `value` is a tensor without shape
    kNumpyDtype,  ///< `value` is its text
  };
  Kind kind = Kind::kValue;
  Value value;
  std::vector<Ref> children;
  const GlobalRow* global = nullptr;
};

/// All objects of one pickle, and the closed list of calls that make new ones from old ones. Every method throws
/// CheckpointError with what is wrong; the caller adds where.
class Objects {
 public:
  explicit Objects(const StorageByKey& storage_by_key) : storage_by_key_(storage_by_key) {}

  Ref add(Object object);
  Ref add(Value value) { return add(Object{.value = std::move(value)}); }
  Ref add_global(std::string_view module, std::string_view name);
  Object& at(Ref ref) { return objects_[ref]; }

  /// What the persistent id, a tuple, stands for: a storage.
  Ref load_storage(Ref id);
  /// function(*arguments)
  Ref call(Ref function, Ref arguments);
  /// class.__new__(class, *arguments)
  Ref create(Ref type, Ref arguments);
  /// object.__setstate__(state)
  void set_state(Ref object, Ref state);

  /// The tree below `root`, of at most `budget` values and bytes of text.
  Value tree(Ref root, std::uint64_t budget);

 private:
  using Children = std::vector<Ref>;

  const Children& tuple(Ref ref, std::size_t at_least) const;
  std::int64_t integer(Ref ref) const;
  bool boolean(Ref ref) const;
  const std::string& text(Ref ref) const;
  std::vector<std::int64_t> integers(Ref ref) const;
  bool is_global(Ref ref, Global global) const;

  Ref rebuild_tensor(const Children& arguments, bool typed_by_argument);
  Ref rebuild_parameter(const Children& arguments);
  Ref encode(const Children& arguments);
  Ref numpy_dtype(const Children& arguments);
  void set_attributes(Object& instance, Ref state);
  void set_byte_order(Object& dtype, const Children& state);
  void fill_array(Object& array, const Children& state);

  Value tree(Ref ref, std::uint64_t& budget, int depth);
  Value container(const Object& object, std::uint64_t& budget, int depth);
  Value instance(const Object& object, std::uint64_t& budget, int depth);
  std::vector<Item> items(const Children& children, std::uint64_t& budget, int depth);

  const StorageByKey& storage_by_key_;
  std::vector<Object> objects_;
};

}  // namespace baton::pt
