// Layout of the archives: torch/optim/serialize.h.
#include "src/train/optimizers/optimizer_archive.h"

#include <torch/serialize/archive.h>
#include <torch/types.h>

#include <sstream>
#include <string>
#include <utility>

#include "baton/core/errors.h"
#include "src/train/optimizers/saved_state.h"

namespace baton::train {
namespace {

using torch::serialize::InputArchive;
using torch::serialize::OutputArchive;

InputArchive reread(OutputArchive& written) {
  std::stringstream bytes;
  written.save_to(bytes);
  InputArchive archive;
  archive.load_from(bytes);
  return archive;
}

std::string at(const char* list, std::size_t i) { return std::string(list) + "/" + std::to_string(i); }

std::string text_at(InputArchive& archive, const std::string& key) {
  c10::IValue value;
  archive.read(key, value);
  return value.toStringRef();
}

// --- reading ---

Value to_value(const std::string& key, const c10::IValue& value) {
  if (value.isBool()) return value.toBool();
  if (value.isInt()) return value.toInt();
  if (value.isDouble()) return value.toDouble();
  if (value.isString()) return value.toStringRef();
  if (value.isNone()) return nullptr;
  if (!value.isTuple()) throw Error("An optimizer's " + key + " cannot be saved: it is a " + value.tagKind());
  Value::List items;
  for (const c10::IValue& item : value.toTupleRef().elements()) items.push_back(to_value(key, item));
  return items;
}

ParamState read_param(InputArchive& archive) {
  ParamState state;
  for (const std::string& key : archive.keys()) {
    c10::IValue value;
    archive.read(key, value);
    if (value.isTensor()) {
      state.tensors.push_back({key, value.toTensor()});
    } else {
      state.numbers.set(key, to_value(key, value));
    }
  }
  return state;
}

Record read_options(InputArchive& group) {
  InputArchive options;
  group.read("options", options);
  return read_param(options).numbers;
}

// --- writing ---

/// A saved number, in the type of `own`, which is what the optimizer reads.
c10::IValue to_ivalue(const char* name, const Value& own, const SavedOptions& saved) {
  if (own.boolean()) return saved.flag(name);
  if (own.integer()) return static_cast<std::int64_t>(saved.number(name));
  if (own.floating()) return saved.number(name);
  if (own.list()) return c10::IValue(std::tuple<double, double>(saved.pair(name)));
  saved.expect(name, own);
  return own.text() ? c10::IValue(*own.text()) : c10::IValue();
}

/// Python counts steps in tensors, LibTorch in integers.
void write_param(const ParamState& saved, const at::Tensor& param, OutputArchive& archive) {
  for (const auto& [name, tensor] : saved.tensors) {
    const bool is_count = name == "step" && tensor.numel() == 1;
    archive.write(name, is_count ? c10::IValue(static_cast<std::int64_t>(tensor.item().toDouble()))
                                 : c10::IValue(tensor.to(param.device())));
  }
  for (const auto& [name, number] : saved.numbers) {
    archive.write(name, number.integer() ? c10::IValue(*number.integer()) : c10::IValue(number.number()));
  }
}

/// Parameters are known by their index here; LibTorch uses addresses.
void write_group(const Record& own, const Record& saved, std::string_view name, OutputArchive& archive) {
  const Value::List& indices = *own.find("params")->list();
  archive.write("params/size", torch::tensor(static_cast<std::int64_t>(indices.size())));
  for (std::size_t i = 0; i < indices.size(); ++i) {
    archive.write(at("params", i), c10::IValue(std::to_string(*indices[i].integer())));
  }
  OutputArchive options(archive.compilation_unit());
  const SavedOptions reader(name, saved);
  for (const auto& [option, value] : own) {
    if (option != "params") options.write(option, to_ivalue(option.c_str(), value, reader));
  }
  archive.write("options", options);
}

std::vector<at::Tensor> parameters_of(const torch::optim::Optimizer& optimizer) {
  std::vector<at::Tensor> params;
  for (const auto& group : optimizer.param_groups()) {
    params.insert(params.end(), group.params().begin(), group.params().end());
  }
  return params;
}

OutputArchive archive_of(const torch::optim::Optimizer& optimizer, const OptimizerState& saved, std::string_view name) {
  OutputArchive archive;
  archive.write("pytorch_version", c10::IValue("1.5.0"));
  const std::vector<at::Tensor> params = parameters_of(optimizer);
  OutputArchive states(archive.compilation_unit());
  for (const auto& [index, saved_param] : saved.params) {
    OutputArchive state(archive.compilation_unit());
    write_param(saved_param, params.at(static_cast<std::size_t>(index)), state);
    states.write(std::to_string(index), state);
  }
  archive.write("state", states);
  const std::vector<Record> own = archived_state(optimizer).groups;
  OutputArchive groups(archive.compilation_unit());
  groups.write("param_groups/size", torch::tensor(static_cast<std::int64_t>(own.size())));
  for (std::size_t i = 0; i < own.size(); ++i) {
    OutputArchive group(archive.compilation_unit());
    write_group(own[i], saved.groups[i], name, group);
    groups.write(at("param_groups", i), group);
  }
  archive.write("param_groups", groups);
  return archive;
}

}  // namespace

OptimizerState archived_state(const torch::optim::Optimizer& optimizer) {
  OutputArchive written;
  optimizer.save(written);
  InputArchive archive = reread(written);
  InputArchive states;
  InputArchive groups;
  if (!archive.try_read("state", states) || !archive.try_read("param_groups", groups)) {
    throw Error("The optimizer's save() does not write what LibTorch's optimizers write, so its state cannot be saved");
  }
  OptimizerState state;
  std::int64_t index = 0;
  for (std::size_t i = 0; i < optimizer.param_groups().size(); ++i) {
    InputArchive group;
    groups.read(at("param_groups", i), group);
    Value::List indices;
    for (std::size_t j = 0; j < optimizer.param_groups()[i].params().size(); ++j, ++index) {
      indices.push_back(index);
      InputArchive param;
      if (states.try_read(text_at(group, at("params", j)), param)) state.params.emplace(index, read_param(param));
    }
    Record options = read_options(group);
    options.set("params", std::move(indices));
    state.groups.push_back(std::move(options));
  }
  return state;
}

void load_archived_state(torch::optim::Optimizer& optimizer, const OptimizerState& saved, std::string_view name) {
  OutputArchive written = archive_of(optimizer, saved, name);
  InputArchive archive = reread(written);
  optimizer.load(archive);
  std::int64_t index = 0;
  for (const at::Tensor& param : parameters_of(optimizer)) {  // load() keeps what the file does not mention
    if (!saved.params.contains(index++)) optimizer.state().erase(param.unsafeGetTensorImpl());
  }
}

}  // namespace baton::train
