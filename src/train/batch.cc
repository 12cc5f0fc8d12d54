#include "baton/train/batch.h"

#include <cctype>
#include <sstream>
#include <utility>

#include "baton/core/errors.h"
#include "src/base/type_name.h"

namespace baton {
namespace {

/// "float", "long", "byte", as LibTorch's own kFloat, kLong, kByte.
std::string name_of(at::ScalarType type) {
  std::string name = c10::toString(type);
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

std::string describe_tensor(const at::Tensor& tensor) {
  if (!tensor.defined()) return "none";
  std::ostringstream text;
  text << tensor.sizes() << " " << name_of(tensor.scalar_type());
  return text.str();
}

std::string batch_type_name(const std::type_info& type) {
  return type == typeid(TensorMap) ? "baton::TensorMap" : type_name(type);  // its full name fills lines
}

}  // namespace

std::int64_t batch_size(const at::Tensor& tensor) { return tensor.defined() ? tensor.size(0) : 0; }

at::Tensor to_device(const at::Tensor& tensor, at::Device device) {
  if (!tensor.defined() || tensor.device() == device) return tensor;
  // Only what was on the host can be left to the device's own order; the host must not read what is not there yet.
  return tensor.to(tensor.options().device(device), /*non_blocking=*/tensor.is_cpu());
}

at::Tensor pin_memory(const at::Tensor& tensor) {
  return tensor.defined() && tensor.is_cpu() ? tensor.pin_memory() : tensor;
}

void detail::throw_other_batch(const std::type_info& found, const std::type_info& expected) {
  throw ConfigError("The data serves batches of type " + batch_type_name(found) + ", the model expects " +
                    batch_type_name(expected));
}

at::Tensor detail::tensor_of(const TensorMap& batch, const std::string& name) {
  const auto found = batch.find(name);
  return found == batch.end() ? at::Tensor() : found->second;
}

void AnyBatch::move_to(at::Device device) {
  if (other_) {
    other_ = other_->to(device);
  } else {
    batch_.inputs = to_device(batch_.inputs, device);
    batch_.labels = to_device(batch_.labels, device);
  }
}

void AnyBatch::pin_memory() {
  if (!other_) {
    batch_ = batch_.pin_memory();
  } else if (auto pinned = other_->pinned()) {
    other_ = std::move(pinned);
  }
}

std::string detail::describe(const at::Tensor& inputs, const at::Tensor& labels) {
  return "inputs " + describe_tensor(inputs) + ", labels " + describe_tensor(labels);
}

std::string detail::describe(const TensorMap& batch) {
  std::string text;
  for (const auto& [name, tensor] : batch) text += (text.empty() ? "" : ", ") + name + " " + describe_tensor(tensor);
  return text;
}

}  // namespace baton
