// A model's weights in a safetensors file: parameters and buffers by name.
#pragma once

#include <filesystem>

#include "baton/train/training_module.h"

namespace baton::train {

/// The file's name within a checkpoint.
inline constexpr const char* kModelFile = "model.safetensors";

/// A tensor that has several names is written once; the other names are in the metadata, as safetensors' own save_model
/// does. The file appears complete or not at all. Throws CheckpointError.
void save_module(const TrainingModule& model, const std::filesystem::path& file);

/// Throws one CheckpointError that names the tensors that are missing, unexpected, or of another shape or dtype; the
/// model is not touched then.
void load_module(const TrainingModule& model, const std::filesystem::path& file);

}  // namespace baton::train
