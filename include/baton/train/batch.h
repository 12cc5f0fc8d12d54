// Batch: what a training or evaluation step works on. AnyBatch: a batch of whatever type a program's data serves, on
// its way from the data to the model.
//
// A batch type of your own needs `std::int64_t size() const` (samples) and `T to(at::Device) const`; where these cannot
// be members, give it functions `batch_size(batch)` and `to_device(batch, device)` in its own namespace. Maps from
// names to tensors, nested ones too, are batch types as they are. For quick copies to a GPU a type may have
// `T pin_memory() const` as well, or `pin_memory(batch)`: itself in page-locked memory.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include <ATen/core/Tensor.h>

namespace baton {

/// Number of samples: the first dimension; 0 for an undefined tensor. Throws c10::Error for a scalar.
std::int64_t batch_size(const at::Tensor& tensor);
/// An undefined tensor stays undefined. A copy to another device may still be under way: use it on that device's
/// current stream only.
at::Tensor to_device(const at::Tensor& tensor, at::Device device);

/// In page-locked memory, if it is on the host. Needs a GPU.
at::Tensor pin_memory(const at::Tensor& tensor);

/// The everyday batch. The first dimension counts the samples.
struct Batch {
  at::Tensor inputs;
  at::Tensor labels;  ///< undefined for data without labels

  std::int64_t size() const { return batch_size(inputs); }
  Batch to(at::Device device) const { return {to_device(inputs, device), to_device(labels, device)}; }
  Batch pin_memory() const { return {baton::pin_memory(inputs), baton::pin_memory(labels)}; }
};

template <class T>
requires requires(const T& batch) {
  { batch.size() } -> std::convertible_to<std::int64_t>;
}
std::int64_t batch_size(const T& batch) { return batch.size(); }

template <class T>
requires requires(const T& batch, at::Device device) {
  { batch.to(device) } -> std::convertible_to<T>;
}
T to_device(const T& batch, at::Device device) { return batch.to(device); }

template <class T>
requires requires(const T& batch) {
  { batch.pin_memory() } -> std::convertible_to<T>;
}
T pin_memory(const T& batch) { return batch.pin_memory(); }

/// Of the first entry; 0 for an empty map.
template <class T>
std::int64_t batch_size(const std::map<std::string, T>& batch) {
  return batch.empty() ? 0 : batch_size(batch.begin()->second);
}
template <class T>
std::map<std::string, T> to_device(const std::map<std::string, T>& batch, at::Device device) {
  std::map<std::string, T> moved;
  for (const auto& [name, part] : batch) moved.emplace(name, to_device(part, device));
  return moved;
}

template <class T>
std::map<std::string, T> pin_memory(const std::map<std::string, T>& batch) {
  std::map<std::string, T> pinned;
  for (const auto& entry : batch) {
    if constexpr (requires { pin_memory(entry.second); }) {
      pinned.emplace(entry.first, pin_memory(entry.second));
    } else {
      pinned.emplace(entry);
    }
  }
  return pinned;
}

template <class T>
concept BatchType = std::copyable<T> && requires(const T& batch, at::Device device) {
  { batch_size(batch) } -> std::convertible_to<std::int64_t>;
  { to_device(batch, device) } -> std::convertible_to<T>;
};

/// A batch of named tensors.
using TensorMap = std::map<std::string, at::Tensor>;

namespace detail {

/// A batch whose type only its makers and users know.
class HeldBatch {
 public:
  virtual ~HeldBatch() = default;
  virtual const std::type_info& type() const = 0;
  virtual std::int64_t size() const = 0;
  virtual std::shared_ptr<const HeldBatch> to(at::Device device) const = 0;
  /// Null if the type does not tell how.
  virtual std::shared_ptr<const HeldBatch> pinned() const = 0;
  virtual at::Tensor inputs() const = 0;
  virtual at::Tensor labels() const = 0;
  virtual at::Tensor attention_mask() const = 0;
  virtual std::string describe() const = 0;
};

[[noreturn]] void throw_other_batch(const std::type_info& found, const std::type_info& expected);

/// The tensor of that name, undefined if there is none.
at::Tensor tensor_of(const TensorMap& batch, const std::string& name);
std::string describe(const at::Tensor& inputs, const at::Tensor& labels);
std::string describe(const TensorMap& batch);

template <class T>
at::Tensor inputs_of(const T& batch) {
  if constexpr (std::same_as<T, TensorMap>) {
    const at::Tensor token_ids = tensor_of(batch, "input_ids");
    return token_ids.defined() ? token_ids : tensor_of(batch, "inputs");
  } else if constexpr (requires { requires std::convertible_to<decltype(batch.inputs), at::Tensor>; }) {
    return batch.inputs;
  } else if constexpr (std::same_as<T, at::Tensor>) {
    return batch;
  } else {
    return {};
  }
}

template <class T>
at::Tensor labels_of(const T& batch) {
  if constexpr (std::same_as<T, TensorMap>) {
    return tensor_of(batch, "labels");
  } else if constexpr (requires { requires std::convertible_to<decltype(batch.labels), at::Tensor>; }) {
    return batch.labels;
  } else {
    return {};
  }
}

template <class T>
at::Tensor attention_mask_of(const T& batch) {
  if constexpr (std::same_as<T, TensorMap>) {
    return tensor_of(batch, "attention_mask");
  } else if constexpr (requires { requires std::convertible_to<decltype(batch.attention_mask), at::Tensor>; }) {
    return batch.attention_mask;
  } else {
    return {};
  }
}

template <class T>
class Held final : public HeldBatch {
 public:
  explicit Held(T batch) : batch_(std::move(batch)) {}

  const T& batch() const { return batch_; }
  const std::type_info& type() const override { return typeid(T); }
  std::int64_t size() const override { return batch_size(batch_); }
  std::shared_ptr<const HeldBatch> to(at::Device device) const override {
    return std::make_shared<const Held>(to_device(batch_, device));
  }
  std::shared_ptr<const HeldBatch> pinned() const override {
    if constexpr (requires { pin_memory(batch_); }) return std::make_shared<const Held>(pin_memory(batch_));
    return nullptr;
  }
  at::Tensor inputs() const override { return inputs_of(batch_); }
  at::Tensor labels() const override { return labels_of(batch_); }
  at::Tensor attention_mask() const override { return attention_mask_of(batch_); }
  std::string describe() const override {
    if constexpr (std::same_as<T, TensorMap>) return detail::describe(batch_);
    return detail::describe(inputs(), labels());
  }

 private:
  T batch_;
};

}  // namespace detail

/// Holds a Batch as it is, and a batch of any other type behind a pointer that copies share. Converts from each of
/// them.
class AnyBatch {
 public:
  AnyBatch() = default;
  AnyBatch(Batch batch) : batch_(std::move(batch)) {}
  template <class T>
  requires(!std::same_as<T, AnyBatch> && !std::same_as<T, Batch> && BatchType<T>) AnyBatch(T batch)
      : other_(std::make_shared<const detail::Held<T>>(std::move(batch))) {}

  /// The batch itself. Throws ConfigError, with the names of both types, if it is of another type.
  template <class T>
  const T& as() const;

  std::int64_t size() const { return other_ ? other_->size() : batch_.size(); }
  void move_to(at::Device device);
  /// Goes to page-locked memory; stays where it is if its type does not tell how.
  void pin_memory();

  /// What the model reads: the member `inputs`; of a map the entry "input_ids" or "inputs"; else undefined.
  at::Tensor inputs() const { return other_ ? other_->inputs() : batch_.inputs; }
  /// The member `labels`; of a map the entry "labels"; else undefined.
  at::Tensor labels() const { return other_ ? other_->labels() : batch_.labels; }
  /// The member `attention_mask`; of a map the entry "attention_mask"; else undefined. Ones for tokens, zeros for
  /// padding.
  at::Tensor attention_mask() const { return other_ ? other_->attention_mask() : at::Tensor(); }
  /// "inputs [64, 784] float, labels [64] long", for messages.
  std::string describe() const { return other_ ? other_->describe() : detail::describe(batch_.inputs, batch_.labels); }

 private:
  Batch batch_;  ///< unless there is another
  std::shared_ptr<const detail::HeldBatch> other_;
};

template <class T>
const T& AnyBatch::as() const {
  if constexpr (std::same_as<T, AnyBatch>) {
    return *this;
  } else if constexpr (std::same_as<T, Batch>) {
    if (other_) detail::throw_other_batch(other_->type(), typeid(Batch));
    return batch_;
  } else {
    const auto* held = dynamic_cast<const detail::Held<T>*>(other_.get());
    if (!held) detail::throw_other_batch(other_ ? other_->type() : typeid(Batch), typeid(T));
    return held->batch();
  }
}

}  // namespace baton
