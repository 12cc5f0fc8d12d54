#include "src/train/rng_state.h"

#include <ATen/Context.h>

#include <mutex>

namespace baton::train {
namespace {

at::Tensor read(at::Device device) {
  at::Generator generator = at::globalContext().defaultGenerator(device);
  const std::lock_guard lock(generator.mutex());
  return generator.get_state();
}

void write(at::Device device, const at::Tensor& state) {
  at::Generator generator = at::globalContext().defaultGenerator(device);
  const std::lock_guard lock(generator.mutex());
  generator.set_state(state);
}

}  // namespace

RngState::RngState(at::Device device) : device_(device), host_(read(at::kCPU)) {
  if (!device_.is_cpu()) on_device_ = read(device_);
}

void RngState::restore() const {
  write(at::kCPU, host_);
  if (on_device_.defined()) write(device_, on_device_);
}

}  // namespace baton::train
