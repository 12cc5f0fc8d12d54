#include "src/train/device.h"

#include <ATen/Context.h>

namespace baton::train {

at::Device training_device(const RankInfo& rank) {
  if (!at::hasCUDA()) return at::Device(at::kCPU);
  return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(rank.local_rank));
}

}  // namespace baton::train
