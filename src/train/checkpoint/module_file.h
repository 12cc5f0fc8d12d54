// A model's weights in a safetensors file: parameters and buffers by name.
#pragma once

#include <filesystem>
#include <vector>

#include "baton/train/training_module.h"
#include "src/formats/safetensors.h"

namespace baton::train {

/// The file's name within a checkpoint.
inline constexpr const char* kModelFile = "model.safetensors";

struct ModuleContent {
  std::vector<safetensors::TensorView> tensors;
  safetensors::Metadata metadata;
};

/// What the file holds: a tensor that has several names, or of which others are views, once; the other names are in the
/// metadata, as safetensors' own save_model does. `detached`: copies of all tensors, so that the model may change
/// before they are written. Throws CheckpointError for a dtype that the format lacks.
ModuleContent content_of(const TrainingModule& model, bool detached);

/// The file appears complete or not at all. Throws CheckpointError.
void save_module(const TrainingModule& model, const std::filesystem::path& file);

/// Throws one CheckpointError that names the tensors that are missing, unexpected, or of another shape or dtype.
void check_module(const TrainingModule& model, const std::filesystem::path& file);
/// The same; the model is not touched then.
void load_module(const TrainingModule& model, const std::filesystem::path& file);

}  // namespace baton::train
