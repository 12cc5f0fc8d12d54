#include "src/train/optimizers/cohort_optimizer.h"

#include <ATen/ScalarOps.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros_like.h>

#include <sstream>
#include <utility>

#include "src/train/gradients.h"

namespace baton::train {
namespace {

constexpr double kMostSteps = 9007199254740992.0;  // 2^53

std::string shape_text(const at::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.sizes();
  return text.str();
}

}  // namespace

at::TensorList decayed_gradients(const Update& update, std::vector<at::Tensor>& storage) {
  if (update.group.weight_decay == 0.0) return update.gradients;
  storage = at::_foreach_add(update.gradients, update.params, update.group.weight_decay);
  return storage;
}

void scale(at::TensorList tensors, double factor) {
  if (!tensors.front().is_cpu()) return at::_foreach_mul_(tensors, factor);
  const at::Tensor number = at::native::wrapped_scalar_tensor(factor);
  for (const at::Tensor& tensor : tensors) tensor.mul_(number);
}

CohortOptimizer::CohortOptimizer(std::vector<ParamGroup> param_groups, Layout layout)
    : Optimizer(std::move(param_groups)), layout_(std::move(layout)), cohorts_(cohorts_from({})) {}

// --- steps ---

void CohortOptimizer::step() {
  const at::NoGradGuard no_grad;
  const std::size_t count = cohorts_.size();  // those split off have nothing to do now
  for (std::size_t i = 0; i < count; ++i) {
    collect_gradients(cohorts_[i].params, gradients_);
    if (gradients_.empty()) continue;
    if (gradients_.size() < cohorts_[i].params.size()) cohorts_.push_back(split_off_idle(cohorts_[i]));
    advance(cohorts_[i]);
  }
  gradients_.clear();
}

void CohortOptimizer::advance(Cohort& cohort) {
  if (!cohort.has_state) fill_slots(cohort);
  ++cohort.steps;
  const std::size_t size = cohort.params.size();
  const bool one_by_one = layout_.batching == Batching::kSingle ||
                          (layout_.batching == Batching::kByDevice && cohort.params.front().is_cpu());
  const std::size_t stride = one_by_one ? 1 : size;
  for (std::size_t first = 0; first < size; first += stride) {
    Update part{.group = groups()[cohort.group],
                .step = cohort.steps,
                .params = at::TensorList(cohort.params).slice(first, stride),
                .gradients = at::TensorList(gradients_).slice(first, stride)};
    for (std::size_t slot = 0; slot < cohort.slots.size(); ++slot)
      part.slots[slot] = at::TensorList(cohort.slots[slot]).slice(first, stride);
    update(part);
  }
}

at::Tensor CohortOptimizer::initial_slot(std::size_t /*slot*/, const at::Tensor& param) const {
  return at::zeros_like(param, at::MemoryFormat::Preserve);
}

void CohortOptimizer::fill_slots(Cohort& cohort) const {
  for (std::size_t slot = 0; slot < cohort.slots.size(); ++slot) {
    for (const at::Tensor& param : cohort.params) cohort.slots[slot].push_back(initial_slot(slot, param));
  }
  cohort.has_state = true;
}

void CohortOptimizer::make_state() {
  const at::NoGradGuard no_grad;
  for (Cohort& cohort : cohorts_) fill_slots(cohort);
}

// --- state, to Python's layout ---

OptimizerState CohortOptimizer::state() const {
  OptimizerState state;
  for (const Cohort& cohort : cohorts_) {
    for (std::size_t i = 0; cohort.has_state && i < cohort.params.size(); ++i) {
      ParamState param = state_of(cohort, i);
      if (!param.tensors.empty()) state.params.emplace(cohort.indices[i], std::move(param));
    }
  }
  std::int64_t first_index = 0;
  for (std::size_t group = 0; group < groups().size(); ++group) {
    state.groups.push_back(group_record(group, first_index));
    first_index += static_cast<std::int64_t>(groups()[group].params.size());
  }
  return state;
}

/// Every parameter gets a step tensor of its own: Python counts each one up.
ParamState CohortOptimizer::state_of(const Cohort& cohort, std::size_t i) const {
  ParamState state;
  if (layout_.step == StepKind::kInteger) state.numbers.set("step", cohort.steps);
  if (layout_.step == StepKind::kTensor)
    state.tensors.push_back({"step", at::full({}, static_cast<double>(cohort.steps), at::kFloat)});
  for (std::size_t slot = 0; slot < cohort.slots.size(); ++slot) {
    const at::Tensor& tensor = cohort.slots[slot][i];
    if (tensor.defined()) state.tensors.push_back({layout_.slots[slot], tensor});
  }
  return state;
}

Record CohortOptimizer::group_record(std::size_t group, std::int64_t first_index) const {
  Record record = {{"lr", groups()[group].learning_rate}, {"weight_decay", groups()[group].weight_decay}};
  record.merge(options());
  Value::List indices;
  for (std::size_t i = 0; i < groups()[group].params.size(); ++i)
    indices.push_back(first_index + static_cast<std::int64_t>(i));
  record.set("params", std::move(indices));
  return record;
}

// --- state, from Python's layout ---

void CohortOptimizer::load_state(const OptimizerState& saved) {
  const at::NoGradGuard no_grad;
  check_sizes(*this, saved);
  const Record before = options();
  try {
    load_options(saved);
    cohorts_ = cohorts_from(saved);
  } catch (...) {
    set_options(SavedOptions(name(), before));
    throw;
  }
  for (std::size_t group = 0; group < groups().size(); ++group) {
    groups()[group].learning_rate = saved.groups[group].number("lr");
    groups()[group].weight_decay = saved.groups[group].number("weight_decay");
  }
}

/// They are the optimizer's here and a group's in Python, so all groups must agree.
void CohortOptimizer::load_options(const OptimizerState& saved) {
  const Record ours = options();
  for (const Record& group : saved.groups) {
    const SavedOptions reader(name(), group);
    reader.number("lr");
    reader.number("weight_decay");
    set_options(reader);
    for (const auto& [option, _] : ours) {
      if (const Value* first = saved.groups.front().find(option)) reader.expect(option.c_str(), *first);
    }
  }
}

std::vector<Cohort> CohortOptimizer::cohorts_from(const OptimizerState& saved) const {
  std::vector<Cohort> cohorts;
  std::int64_t index = 0;
  for (std::size_t group = 0; group < groups().size(); ++group) {
    for (const at::Tensor& param : groups()[group].params) {
      Cohort one{.group = group, .indices = {index}, .params = {param}};
      one.slots.resize(layout_.slots.size());
      const auto found = saved.params.find(index++);
      if (found != saved.params.end()) restore(one, found->second);
      merge(std::move(one), cohorts);
    }
  }
  return cohorts;
}

void CohortOptimizer::restore(Cohort& one, const ParamState& saved) const {
  const std::string parameter = "parameter " + std::to_string(one.indices.front());
  fill_slots(one);
  for (std::size_t slot = 0; slot < one.slots.size(); ++slot) {
    const at::Tensor& own = one.slots[slot].front();
    if (!own.defined()) continue;
    const at::Tensor theirs = saved.tensor(layout_.slots[slot]);
    if (!theirs.defined()) refuse_state(name(), parameter + " has no " + layout_.slots[slot]);
    if (theirs.sizes() != own.sizes()) {
      refuse_state(name(), std::string(layout_.slots[slot]) + " of " + parameter + " has shape " + shape_text(theirs) +
                               ", expected " + shape_text(own));
    }
    own.copy_(theirs);
  }
  one.steps = saved_steps(saved, parameter);
}

std::int64_t CohortOptimizer::saved_steps(const ParamState& saved, const std::string& parameter) const {
  if (layout_.step == StepKind::kNone) return 1;  // all that matters is that there was a first one
  const at::Tensor tensor = saved.tensor("step");
  const bool is_tensor = tensor.defined() && tensor.numel() == 1;
  const double steps = is_tensor ? tensor.item().toDouble() : saved.numbers.number("step");
  if (!(steps >= 0.0 && steps <= kMostSteps)) refuse_state(name(), parameter + " has no number of steps");
  return static_cast<std::int64_t>(steps);
}

}  // namespace baton::train
