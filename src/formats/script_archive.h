// The archive that LibTorch's torch::save(module, file) writes and torch::load(module, file) reads: a .pt file whose
// pickle builds objects of classes that the archive declares itself, as TorchScript in code/. One class a module, with
// its parameters, buffers and submodules, and without any method. Found out from what LibTorch 2.13 writes and reads.
// Read it with read_weights() or read_pt().
#pragma once

#include <filesystem>

#include "src/formats/weights.h"

namespace baton {

/// Dots in the names make the modules. torch::load wants every module to be there, also those without tensors, such as
/// a ReLU: where the modules in a module have numbers, the missing ones are added; others have to be named in
/// `modules`. Weights do not say which of them are parameters: those of floating-point numbers are, but for a batch
/// norm's running_mean and running_var; torch::load takes either for the other. Parameters are written as trainable.
/// The file appears complete or not at all; throws CheckpointError naming it, and a name that LibTorch could not read:
/// one with an empty part, quotes, backslashes or control characters, or of a module as well as of a tensor.
void write_script_archive(const std::filesystem::path& path, const Weights& weights,
                          const std::vector<std::string>& modules = {});

}  // namespace baton
