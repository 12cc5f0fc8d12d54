#include "src/train/checkpoint/checkpoint_files.h"

#include <memory>

#include "baton/core/errors.h"
#include "src/formats/safetensors.h"
#include "src/train/checkpoint/module_file.h"
#include "src/train/checkpoint/optimizer_file.h"
#include "src/train/checkpoint/pt_record.h"
#include "src/train/checkpoint/schedule_file.h"
#include "src/train/checkpoint/tensor_content.h"

namespace baton::train {

namespace fs = std::filesystem;

namespace {

std::vector<double> factors_of(const Optimizer& optimizer) {
  std::vector<double> factors;
  for (const ParamGroup& group : optimizer.groups()) factors.push_back(group.lr_factor);
  return factors;
}

void detach(OptimizerState& state) {
  for (auto& [index, param] : state.params) {
    for (NamedTensor& named : param.tensors) named.tensor = detached_copy(named.tensor);
  }
}

std::optional<Record> read_scaler(const fs::path& file) {
  if (!fs::exists(file)) return std::nullopt;
  const std::optional<Value> value = from_pt(pt::read_pt(file));
  if (!value || !value->record()) throw CheckpointError(file.string() + ": it is not a dict of plain values");
  return *value->record();
}

/// Runs `load`; a CheckpointError gets the file's name.
template <class Load>
void naming(const fs::path& file, Load load) {
  try {
    load();
  } catch (const CheckpointError& error) {
    throw CheckpointError(file.string() + ": " + error.what());
  }
}

}  // namespace

PendingFile pending_pt(const std::string& name, pt::Value value) {
  const auto shared = std::make_shared<const pt::Value>(std::move(value));
  return {name, [name, shared](ByteSink& sink) { pt::write_pt(sink, fs::path(name).stem().string(), *shared); }};
}

std::vector<PendingFile> optimizer_files(const Optimizer& optimizer, const LrScheduler& schedule, double base_rate,
                                         bool detached) {
  OptimizerState state = optimizer.state();
  if (detached) detach(state);
  const std::vector<double> factors = factors_of(optimizer);
  if (state.groups.size() != factors.size()) {
    throw CheckpointError("state() of the optimizer " + std::string(optimizer.name()) + " has " +
                          std::to_string(state.groups.size()) + " groups, expected " + std::to_string(factors.size()));
  }
  for (std::size_t i = 0; i < factors.size(); ++i) {
    state.groups[i].set("lr", schedule.learning_rate() * factors[i]);
    if (!schedule.is_metric_driven()) state.groups[i].set("initial_lr", base_rate * factors[i]);
  }
  return {pending_pt(kOptimizerFile, optimizer_to_pt(state)),
          pending_pt(kSchedulerFile, schedule_to_pt(schedule, base_rate, factors))};
}

std::optional<LrSchedulerState> load_optimizer_files(const fs::path& folder, Optimizer& optimizer, LossScaler* scaler) {
  const fs::path optimizer_file = folder / kOptimizerFile;
  const fs::path scheduler_file = folder / kSchedulerFile;
  if (!fs::exists(optimizer_file) || !fs::exists(scheduler_file)) return std::nullopt;
  const pt::Value saved = pt::read_pt(optimizer_file, pt::Check::kAllButTensors);
  const OptimizerState state = optimizer_from_pt(saved, optimizer_file.string());
  LrSchedulerState schedule =
      schedule_from_pt(pt::read_pt(scheduler_file), factors_of(optimizer), scheduler_file.string());
  const std::optional<Record> scaling = scaler ? read_scaler(folder / kScalerFile) : std::nullopt;
  if (scaling) naming(folder / kScalerFile, [&] { LossScaler(*scaler).load_state(*scaling); });  // a trial, on a copy
  naming(optimizer_file, [&] { optimizer.load_state(state); });
  if (scaling) scaler->load_state(*scaling);
  return schedule;
}

std::optional<SavedGenerators> read_generators(const fs::path& folder, at::Device device, PythonGenerators python) {
  const fs::path file = folder / kGeneratorsFile;
  if (!fs::exists(file)) return std::nullopt;
  return generators_from_pt(pt::read_pt(file), device, std::move(python), file.string());
}

void verify_files(const fs::path& folder) {
  safetensors::Reader weights(folder / kModelFile);
  for (const char* name : {kOptimizerFile, kSchedulerFile, kGeneratorsFile, kScalerFile}) {
    if (const fs::path file = folder / name; fs::exists(file)) pt::read_pt(file);
  }
}

}  // namespace baton::train
