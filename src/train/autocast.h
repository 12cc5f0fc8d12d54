// Autocast: operations in half precision where that is safe, as Python's torch.autocast.
#pragma once

#include <optional>

#include <ATen/core/Tensor.h>

namespace baton::train {

/// In effect on this thread as long as it lives; the state before comes back then. Cast weights are kept until the
/// outermost one ends, so it must not span an update.
class Autocast {
 public:
  /// Without a type nothing changes.
  Autocast(at::DeviceType device, std::optional<at::ScalarType> type);
  ~Autocast();
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  at::DeviceType device_;
  bool is_active_;
  bool was_enabled_ = false;
  at::ScalarType type_before_ = at::kFloat;
};

/// The type in effect on this thread, if any.
std::optional<at::ScalarType> autocast_type(at::DeviceType device);

}  // namespace baton::train
