#include "src/train/channels_last.h"

namespace baton::train {

void use_channels_last(const std::vector<at::Tensor>& parameters) {
  for (const at::Tensor& parameter : parameters) {
    if (parameter.dim() != 4 && parameter.dim() != 5) continue;
    const auto format = parameter.dim() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::ChannelsLast3d;
    parameter.set_data(parameter.detach().contiguous(format));
  }
}

}  // namespace baton::train
