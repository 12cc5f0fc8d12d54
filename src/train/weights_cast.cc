#include "src/train/weights_cast.h"

#include <algorithm>

namespace baton::train {

WeightsCast::WeightsCast(const TrainingModule& model, std::optional<at::ScalarType> type) {
  if (!type) return;
  std::vector<at::Tensor> tensors = model.parameters();
  for (const NamedTensor& buffer : model.named_buffers()) tensors.push_back(buffer.tensor);
  for (const at::Tensor& tensor : tensors) {
    if (!tensor.is_floating_point() || tensor.scalar_type() == *type) continue;
    cast_.emplace_back(tensor, tensor.detach());
    tensor.set_data(tensor.detach().to(*type));
  }
}

WeightsCast::~WeightsCast() {
  for (const auto& [tensor, before] : cast_) tensor.set_data(before);
}

}  // namespace baton::train
