#include "src/train/optimizers/saved_state.h"

#include <cmath>

#include "baton/core/errors.h"
#include "src/base/json.h"

namespace baton::train {

void refuse_state(std::string_view optimizer, const std::string& why) {
  throw CheckpointError(std::string(optimizer) + " cannot go on from the saved state: " + why);
}

void check_sizes(const Optimizer& optimizer, const OptimizerState& saved) {
  const auto expect = [&](const std::string& what, std::size_t found, std::size_t expected) {
    if (found == expected) return;
    refuse_state(optimizer.name(), std::to_string(found) + " " + what + ", expected " + std::to_string(expected));
  };
  expect("parameter groups", saved.groups.size(), optimizer.groups().size());
  for (std::size_t group = 0; group < saved.groups.size(); ++group) {
    const Value* params = saved.groups[group].find("params");
    const std::size_t found = params && params->list() ? params->list()->size() : 0;
    expect("parameters in group " + std::to_string(group), found, optimizer.groups()[group].params.size());
  }
}

double SavedOptions::number(const char* name) const {
  const Value* value = group_.find(name);
  if (value == nullptr || !value->is_number() || !std::isfinite(value->number())) refuse(name, "a number");
  return value->number();
}

bool SavedOptions::flag(const char* name) const {
  const Value* value = group_.find(name);
  if (value == nullptr || value->boolean() == nullptr) refuse(name, "true or false");
  return *value->boolean();
}

std::pair<double, double> SavedOptions::pair(const char* name) const {
  const Value* value = group_.find(name);
  const Value::List* list = value ? value->list() : nullptr;
  if (list == nullptr || list->size() != 2 || !(*list)[0].is_number() || !(*list)[1].is_number()) {
    refuse(name, "two numbers");
  }
  return {(*list)[0].number(), (*list)[1].number()};
}

void SavedOptions::expect(const char* name, const Value& only) const {
  const Value* value = group_.find(name);
  if (value == nullptr || *value == only) return;
  refuse_state(optimizer_, std::string(name) + " is " + json::dump(*value) + ", expected " + json::dump(only));
}

void SavedOptions::refuse(const char* name, const char* expected) const {
  const Value* value = group_.find(name);
  refuse_state(optimizer_, "option " + std::string(name) + " is " + (value ? json::dump(*value) : "absent") +
                               ", expected " + expected);
}

}  // namespace baton::train
