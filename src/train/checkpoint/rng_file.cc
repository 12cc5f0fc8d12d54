#include "src/train/checkpoint/rng_file.h"

#include <utility>

#include "baton/core/errors.h"
#include "src/formats/python_random.h"
#include "src/train/checkpoint/tensor_content.h"

namespace baton::train {
namespace {

/// A copy of the state under `key`, or of the first of a list of them, as Python has it with several devices; undefined
/// if there is none.
at::Tensor state_of(const pt::Dict& dict, const char* key, const std::string& where) {
  const pt::Value* value = dict.find(key);
  const auto* list = value ? value->get<pt::List>() : nullptr;
  if (list) value = list->empty() ? nullptr : &list->front();
  if (!value) return {};
  const auto* tensor = value->get<pt::Tensor>();
  if (tensor && tensor->dtype == safetensors::Dtype::kU8 && tensor->shape.size() == 1) {
    return detached_copy(from_pt(*tensor));
  }
  throw CheckpointError(where + ": \"" + key + "\" is not a tensor of bytes");
}

}  // namespace

PythonGenerators PythonGenerators::seeded(std::int64_t seed) {
  return {pt::python_random_state(seed), pt::numpy_random_state(seed)};
}

pt::Value generators_to_pt(const SavedGenerators& generators) {
  pt::Dict dict;
  dict.set("python", generators.python.python);
  dict.set("numpy", generators.python.numpy);
  dict.set("cpu", to_pt(generators.torch.host(), "cpu"));
  const at::Tensor& on_device = generators.torch.on_device();
  if (on_device.defined()) dict.set("cuda", to_pt(on_device, "cuda"));
  return dict;
}

SavedGenerators generators_from_pt(const pt::Value& value, at::Device device, PythonGenerators python,
                                   const std::string& where) {
  const auto* dict = value.get<pt::Dict>();
  if (!dict) throw CheckpointError(where + ": it is not a dict");
  const at::Tensor host = state_of(*dict, "cpu", where);
  if (!host.defined()) throw CheckpointError(where + ": \"cpu\" is missing");
  if (const pt::Value* found = dict->find("python")) python.python = *found;
  if (const pt::Value* found = dict->find("numpy")) python.numpy = *found;
  const at::Tensor on_device = device.is_cpu() ? at::Tensor() : state_of(*dict, "cuda", where);
  return {RngState(device, host, on_device), std::move(python)};
}

}  // namespace baton::train
