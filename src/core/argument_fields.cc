#include "baton/core/argument_fields.h"

#include <utility>

#include "baton/core/errors.h"
#include "src/core/argument_values.h"
#include "src/core/flag_binding.h"

namespace baton {
namespace {

template <class T>
bool same_value(const Value& saved, const T& now) {
  T before{};
  return from_value(saved, before) && to_value(before) == to_value(now);
}

}  // namespace

Record arguments_to_record(const TrainingArguments& args) {
  Record record;
  for_each_field([&](const FieldInfo& field, auto member) {
    record.set(field.name, printed_value(to_value(args.*member), field.is_count));
  });
  return record;
}

TrainingArguments arguments_from_record(const Record& record, TrainingArguments defaults) {
  std::vector<std::string> problems;
  set_flags(bind_fields(defaults), record, "", problems);
  if (!problems.empty()) throw ConfigError(std::move(problems));
  return defaults;
}

std::vector<ArgumentDifference> differing_arguments(const Record& saved, const TrainingArguments& now) {
  const Record current = arguments_to_record(now);
  std::vector<ArgumentDifference> differences;
  for_each_field([&](const FieldInfo& field, auto member) {
    const Value* before = saved.find(field.name);
    if (!before || field.name == "resume_from_checkpoint" || same_value(*before, now.*member)) return;
    differences.push_back({std::string(field.name), *before, *current.find(field.name)});
  });
  return differences;
}

}  // namespace baton
