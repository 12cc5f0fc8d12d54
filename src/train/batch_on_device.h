// Moving a batch to where the model is.
#pragma once

#include <utility>

#include "baton/train/dataset.h"

namespace baton::train {

inline Batch batch_on_device(Batch batch, at::Device device) {
  if (batch.inputs.defined() && batch.inputs.device() != device) batch.inputs = batch.inputs.to(device);
  if (batch.labels.defined() && batch.labels.device() != device) batch.labels = batch.labels.to(device);
  return batch;
}

}  // namespace baton::train
