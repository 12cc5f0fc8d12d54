// Objects: the live things of a run (model, optimizer, loaders), reached by callbacks through typed accessors.
// The core knows no LibTorch type; baton/train/accessors.h has baton::model(event), baton::optimizer(event) and so on.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <typeinfo>

namespace baton {

enum class ObjectKind {
  kModel,
  kModelConfig,  ///< a Record: what the model says of itself
  kProcessingClass,
  kOptimizer,
  kLrScheduler,
  kTrainDataloader,
  kEvalDataloader,
};
inline constexpr std::size_t kObjectKindCount = 7;

/// The reference's name of it: "model", "processing_class", "optimizer" and so on.
std::string_view object_name(ObjectKind kind);

/// Non-owning, typed slots. Whoever puts an object in keeps it alive or clears the slot. Not thread-safe.
class Objects {
 public:
  /// Registers `object` under its static type T: name the interface, as in `put<torch::nn::Module>(kind, *net)`.
  template <class T>
  void put(ObjectKind kind, T& object) {
    slots_[static_cast<std::size_t>(kind)] = Slot{&object, &typeid(T)};
  }
  void clear(ObjectKind kind) { slots_[static_cast<std::size_t>(kind)] = Slot{}; }
  bool has(ObjectKind kind) const { return slots_[static_cast<std::size_t>(kind)].object != nullptr; }

  /// The object, which was put as exactly T. Throws ObjectError naming the kind if there is none now, or another type.
  template <class T>
  T& get(ObjectKind kind) const {
    return *static_cast<T*>(checked(kind, typeid(T)));
  }

 private:
  struct Slot {
    void* object = nullptr;
    const std::type_info* type = nullptr;
  };
  void* checked(ObjectKind kind, const std::type_info& type) const;

  std::array<Slot, kObjectKindCount> slots_{};
};

}  // namespace baton
