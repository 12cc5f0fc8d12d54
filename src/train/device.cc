#include "src/train/device.h"

#include <ATen/Context.h>

#include "src/train/torch_errors.h"

namespace baton::train {

at::Device training_device(const RankInfo& rank) {
  if (!at::hasCUDA()) return at::Device(at::kCPU);
  return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(rank.local_rank));
}

void move_to_device(AnyBatch& batch, at::Device device) {
  with_clear_errors("Moving a batch to the device", &batch, [&] { batch.move_to(device); });
}

}  // namespace baton::train
