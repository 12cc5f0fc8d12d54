// What a LibTorch training adds to a checkpoint beside the weights, and how it is found there again.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "baton/core/lr_schedule.h"
#include "baton/train/optimizer.h"
#include "src/formats/pt.h"
#include "src/train/checkpoint/rng_file.h"
#include "src/train/loss_scaler.h"

namespace baton::train {

inline constexpr const char* kOptimizerFile = "optimizer.pt";
inline constexpr const char* kSchedulerFile = "scheduler.pt";
inline constexpr const char* kGeneratorsFile = "rng_state.pth";
inline constexpr const char* kScalerFile = "scaler.pt";

/// A file that is still to be written.
struct PendingFile {
  std::string name;
  std::function<void(ByteSink&)> write;
};

PendingFile pending_pt(const std::string& name, pt::Value value);

/// Optimizer and schedule, as Python has them between two updates: the rates are those of the next one. `detached`:
/// with copies of all tensors.
std::vector<PendingFile> optimizer_files(const Optimizer& optimizer, const LrScheduler& schedule, double base_rate,
                                         bool detached);

/// Goes on with what these files hold, of whose tensors the checksums are not looked at again. Nothing happens, and
/// nothing is returned, if one of the two is not there. Throws CheckpointError naming the file, and changes nothing
/// then.
std::optional<LrSchedulerState> load_optimizer_files(const std::filesystem::path& folder, Optimizer& optimizer,
                                                     LossScaler* scaler);

/// Nothing if the file is not there. Throws CheckpointError naming it.
std::optional<SavedGenerators> read_generators(const std::filesystem::path& folder, at::Device device,
                                               PythonGenerators python);

/// Reads every byte of the files of a checkpoint that LibTorch or Python's torch wrote. Throws CheckpointError naming
/// the first that is damaged.
void verify_files(const std::filesystem::path& folder);

}  // namespace baton::train
