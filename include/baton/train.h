// What a training program includes: all of Baton, and LibTorch itself. Libraries include the headers they need:
// LibTorch's cost seconds each.
#pragma once

#include <torch/torch.h>

#include "baton/baton.h"
#include "baton/train/accessors.h"
#include "baton/train/batch.h"
#include "baton/train/collate.h"
#include "baton/train/data_loader.h"
#include "baton/train/data_source.h"
#include "baton/train/dataset.h"
#include "baton/train/functional.h"
#include "baton/train/gradient_checkpointing.h"
#include "baton/train/label_smoothing.h"
#include "baton/train/map_dataset.h"
#include "baton/train/metrics.h"
#include "baton/train/model.h"
#include "baton/train/noisy_embedding.h"
#include "baton/train/optimizer.h"
#include "baton/train/optimizers.h"
#include "baton/train/param_groups.h"
#include "baton/train/processing_class.h"
#include "baton/train/renamed.h"
#include "baton/train/sample_random.h"
#include "baton/train/sampling.h"
#include "baton/train/script_model.h"
#include "baton/train/seed.h"
#include "baton/train/stream.h"
#include "baton/train/token_file.h"
#include "baton/train/torch_dataset.h"
#include "baton/train/trainer.h"
#include "baton/train/training_module.h"
